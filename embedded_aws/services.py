"""The services of one instance: those that this package emulates itself, and those of moto."""

from __future__ import annotations

from embedded_aws.awslambda.service import LambdaService
from embedded_aws.cloudcontrol import CloudControl
from embedded_aws.cloudformation.service import CloudFormationService
from embedded_aws.environment import Environment
from embedded_aws.gateway.service import Service
from embedded_aws.sagemaker.endpoints.runtime import SageMakerRuntime
from embedded_aws.sagemaker.service import SageMaker
from embedded_aws.scheduler.service import SchedulerService
from embedded_aws.stepfunctions.service import StepFunctions

# Moto could emulate others, but only these were looked at: any other is refused by name.
MOTO_SERVICES = frozenset(
    {"cloudwatch", "ecr", "events", "iam", "kms", "logs", "s3", "sns", "sqs", "ssm", "sts"}
)


def native_services(environment: Environment) -> tuple[Service, ...]:
    """One of each native service, for one instance."""
    sagemaker = SageMaker(environment)
    return (
        CloudControl(),
        CloudFormationService(environment),
        LambdaService(environment),
        sagemaker,
        SageMakerRuntime(sagemaker.hosting, environment),
        SchedulerService(environment),
        StepFunctions(environment),
    )
