"""Stacks of nothing but names: schedules, machines that wait, and what a rollout would make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest

from embedded_aws.clock import Clock, ClockMode
from embedded_aws.settings import Settings
from embedded_aws.testing import make_role
from ops.teardown.clients import Clients
from ops.teardown.estate import Estate
from tests.ops.machines import create_machine, stack_of

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5"
LASTING = {
    "QueryLanguage": "JSONata",
    "StartAt": "Featurise",
    "States": {"Featurise": {"Type": "Wait", "Seconds": 600, "End": True}},
}
ROLLOUT_ID = "v1-20261122T020015Z"
_numbers = count()


@dataclass(frozen=True)
class Site:
    """A stack's names in an account, and who can look and act there."""

    client: Callable[[str], Any]
    clock: Clock
    role_arn: str
    estate: Estate

    @property
    def name(self) -> str:
        """The stack's name."""
        return self.estate.stack_name

    @property
    def clients(self) -> Clients:
        """All that a teardown needs."""
        names = ("stepfunctions", "sagemaker", "scheduler", "s3")
        return Clients(*(self.client(name) for name in names))

    def schedule(self, stem: str) -> str:
        """An enabled schedule of the stack's; its name."""
        stack = self.estate.stack
        assert stack is not None
        self.client("scheduler").create_schedule(
            Name=f"{self.name}-{stem}",
            ScheduleExpression="cron(0 2 * * ? *)",
            ScheduleExpressionTimezone="Europe/Berlin",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": stack.state_machine_arn, "RoleArn": self.role_arn, "Input": "{}"},
        )
        return f"{self.name}-{stem}"

    def start(self, machine_arn: str, name: str) -> str:
        """Start what lasts ten minutes; its ARN."""
        started = self.client("stepfunctions").start_execution(
            stateMachineArn=machine_arn, name=name
        )
        return str(started["executionArn"])

    def model(self, name: str) -> str:
        """A model and a configuration of one name, as a rollout makes them."""
        sagemaker = self.client("sagemaker")
        container = {"Image": IMAGE, "ModelDataUrl": f"s3://{self.name}/model.tar.gz"}
        sagemaker.create_model(
            ModelName=name, ExecutionRoleArn=self.role_arn, PrimaryContainer=container
        )
        serverless = {"MemorySizeInMB": 1024, "MaxConcurrency": 1}
        variant = {"VariantName": "AllTraffic", "ModelName": name, "ServerlessConfig": serverless}
        sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
        return name

    def endpoint(self, role: str) -> str:
        """An endpoint that comes up, in vain, with a model and a configuration; its name."""
        name = f"{self.name}-{role}"
        config = self.model(f"{name}-{ROLLOUT_ID}")
        self.client("sagemaker").create_endpoint(EndpointName=name, EndpointConfigName=config)
        return name

    def furnish(self) -> None:
        """All that a stack in use has."""
        stack = self.estate.stack
        assert stack is not None
        self.schedule("nightly")
        self.schedule("prune-lineage")
        self.start(stack.state_machine_arn, "by-hand")
        self.start(stack.rollout_state_machine_arn, f"{self.name}-candidate-v2-20261122T020015Z")
        self.endpoint("candidate")


@pytest.fixture(scope="module")
def aws_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A clock that stands: what was started lasts until somebody ends it."""
    return Settings(tmp_path_factory.mktemp("aws"), clock_mode=ClockMode.PAUSED)


@pytest.fixture(scope="module")
def role_arn(client: Callable[[str], Any]) -> str:
    """A role for schedules and models."""
    return make_role(client("iam"), "serves", "scheduler", "sagemaker")


@pytest.fixture
def site(client: Callable[[str], Any], clock: Clock, role_arn: str) -> Site:
    """A stack of its own for each test, with nothing but machines and a bucket."""
    name = f"fraud{next(_numbers)}"
    client("s3").create_bucket(Bucket=name)
    client("s3").put_object(Bucket=name, Key="model.tar.gz", Body=b"none")
    stack = stack_of(
        create_machine(client, f"{name}-retrain", LASTING),
        name=name,
        bucket_name=name,
        rollout_state_machine_arn=create_machine(client, f"{name}-rollout", LASTING),
    )
    return Site(client, clock, role_arn, Estate(name, stack))
