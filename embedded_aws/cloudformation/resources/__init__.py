"""The resource types that the engine can deploy, one module per service."""

from __future__ import annotations

from collections.abc import Mapping

from embedded_aws.cloudformation.resources import (
    awslambda,
    cloudwatch,
    events,
    iam,
    kms,
    logs,
    s3,
    sagemaker,
    scheduler,
    sns,
    sqs,
    ssm,
    stepfunctions,
)
from embedded_aws.cloudformation.resources.handler import Handler

_HANDLERS: tuple[Handler, ...] = (
    awslambda.Alias(),
    awslambda.EventInvokeConfig(),
    awslambda.Function(),
    awslambda.LayerVersion(),
    awslambda.Permission(),
    awslambda.Version(),
    cloudwatch.Alarm(),
    events.Rule(),
    iam.InlinePolicy(),
    iam.ManagedPolicy(),
    iam.Role(),
    kms.Alias(),
    kms.Key(),
    logs.LogGroup(),
    s3.Bucket(),
    s3.BucketPolicy(),
    sagemaker.ModelPackageGroup(),
    scheduler.Schedule(),
    scheduler.ScheduleGroup(),
    sns.Subscription(),
    sns.Topic(),
    sns.TopicPolicy(),
    sqs.Queue(),
    sqs.QueuePolicy(),
    ssm.Parameter(),
    stepfunctions.StateMachine(),
    stepfunctions.StateMachineAlias(),
    stepfunctions.StateMachineVersion(),
)

HANDLERS: Mapping[str, Handler] = {handler.type: handler for handler in _HANDLERS}
