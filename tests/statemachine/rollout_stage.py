"""Where rollouts of the machine alone are played: real endpoints, in virtual time."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from embedded_aws.faults.reading import read_faults
from embedded_aws.instance import Instance
from embedded_aws.testing import make_role
from tests.model_archive import model_archive
from tests.ops.packages import create_package
from tests.statemachine.lone_rollouts import (
    IMAGE_URI,
    MODEL_BEFORE,
    RECORDER,
    Story,
    definition,
    document,
    variant,
)

NAME = "rollouts"
MODEL_URL = f"s3://{NAME}/model.tar.gz"
MACHINE_ROLE = "rollout-machine"
LAUNCH_SECONDS = 301
LONGEST_SECONDS = 3 * 3600
"""Every rollout of these stories is through by then."""


@dataclass(frozen=True)
class End:
    """How a rollout ended, and what its endpoint came to.

    Attributes:
        recorded: The outcome that was to be recorded; empty if it never came to that.
        entered: The states, each as often as it was.
        serving: The configuration of the endpoint; None if there is none.
    """

    status: str
    error: str
    cause: str
    recorded: Mapping[str, Any]
    entered: Sequence[str]
    serving: str | None


class Stage:
    """An account with models, endpoints and alarms, whose clock stands."""

    def __init__(self, aws: Instance, client: Callable[[str], Any]) -> None:
        self.aws = aws
        self.aws.clock.pause()
        self._packages: dict[str, str] = {}
        self.sagemaker, self.stepfunctions = client("sagemaker"), client("stepfunctions")
        self._cloudwatch = client("cloudwatch")
        client("s3").create_bucket(Bucket=NAME)
        client("s3").put_object(Bucket=NAME, Key="model.tar.gz", Body=model_archive())
        iam = client("iam")
        host_arn = make_role(iam, "host", "sagemaker")
        self.sagemaker.create_model(
            ModelName=MODEL_BEFORE,
            PrimaryContainer={"Image": IMAGE_URI, "ModelDataUrl": MODEL_URL},
            ExecutionRoleArn=host_arn,
        )
        _make_recorder(client("lambda"), make_role(iam, "recorder", "lambda"))
        self._machine_arn = self.stepfunctions.create_state_machine(
            name="rollout",
            definition=json.dumps(definition(host_arn)),
            roleArn=make_role(iam, MACHINE_ROLE, "states"),
        )["stateMachineArn"]

    def prepare(self, story: Story) -> None:
        """Bring into service what serves before, and let its alarm ring."""
        self._packages[story.name] = self._approved_package(f"group-{story.name}")
        if story.rings:
            self._ring(story.alarm)
        if not story.is_first:
            self.make_config(story, story.before)
            self.sagemaker.create_endpoint(
                EndpointName=story.endpoint, EndpointConfigName=story.before
            )
        self.pass_time(LAUNCH_SECONDS)

    def make_config(self, story: Story, name: str) -> None:
        """Make a configuration that no rollout made."""
        self.sagemaker.create_endpoint_config(
            EndpointConfigName=name, ProductionVariants=[variant(story, MODEL_BEFORE)]
        )

    def pass_time(self, seconds: float) -> None:
        """Let virtual time go by, with all that falls due in it."""
        self.aws.clock.advance_to(self.aws.clock.now() + timedelta(seconds=seconds))

    def strike(self, fault: Mapping[str, Any]) -> None:
        """Let this go wrong from now on; it does not outlive the next story that is played."""
        self.aws.faults.add(*read_faults(json.dumps({"faults": [fault]})))

    def begin(self, story: Story) -> str:
        """Start the rollout of a prepared story; the execution's ARN."""
        given = document(story, self._packages[story.name], MODEL_URL)
        started = self.stepfunctions.start_execution(
            stateMachineArn=self._machine_arn, input=json.dumps(given)
        )
        return str(started["executionArn"])

    def play(self, story: Story, fault: Mapping[str, Any]) -> End:
        """Prepare a story, and see it to its end while a fault strikes."""
        self.prepare(story)
        self.strike(fault)
        arn = self.begin(story)
        self.pass_time(LONGEST_SECONDS)
        assert self.aws.faults.unused == ()
        self.aws.faults.clear()
        return self.end(story, arn)

    def end(self, story: Story, arn: str) -> End:
        """How a rollout ended; nothing must strike who looks."""
        told = self.stepfunctions.describe_execution(executionArn=arn)
        pages = self.stepfunctions.get_paginator("get_execution_history").paginate(executionArn=arn)
        events = [event for page in pages for event in page["events"]]
        entered = [
            it["stateEnteredEventDetails"] for it in events if "stateEnteredEventDetails" in it
        ]
        return End(
            status=told["status"],
            error=told.get("error", ""),
            cause=told.get("cause", ""),
            recorded=_recorded(events),
            entered=tuple(it["name"] for it in entered),
            serving=self._serving(story.endpoint),
        )

    def _serving(self, endpoint: str) -> str | None:
        listed = self.sagemaker.list_endpoints(NameContains=endpoint)["Endpoints"]
        if endpoint not in {it["EndpointName"] for it in listed}:
            return None
        return str(self.sagemaker.describe_endpoint(EndpointName=endpoint)["EndpointConfigName"])

    def reject(self, story: Story) -> None:
        """Withdraw the approval of a story's package."""
        self.sagemaker.update_model_package(
            ModelPackageArn=self._packages[story.name], ModelApprovalStatus="Rejected"
        )

    def silence(self, alarm: str) -> None:
        """Let an alarm ring no longer."""
        self._set_alarm(alarm, "OK")

    def _approved_package(self, group: str) -> str:
        self.sagemaker.create_model_package_group(ModelPackageGroupName=group)
        given = {"ModelPackageGroupName": group, "ModelApprovalStatus": "Approved"}
        return create_package(self.sagemaker, MODEL_URL, **given)

    def _ring(self, alarm: str) -> None:
        self._cloudwatch.put_metric_alarm(
            AlarmName=alarm,
            Namespace=NAME,
            MetricName=alarm,
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
        )
        self._set_alarm(alarm, "ALARM")

    def _set_alarm(self, alarm: str, state: str) -> None:
        self._cloudwatch.set_alarm_state(AlarmName=alarm, StateValue=state, StateReason="a test")


def _recorded(events: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    scheduled = [it["taskScheduledEventDetails"] for it in events if it["type"] == "TaskScheduled"]
    last = [it for it in scheduled if it["resourceType"] == "lambda"][-1:]
    return {key: value for it in last for key, value in _outcome(it["parameters"]).items()}


def _outcome(parameters: str) -> dict[str, Any]:
    outcome: dict[str, Any] = json.loads(parameters)["Payload"]["Outcome"]
    return outcome


def _make_recorder(awslambda: Any, role_arn: str) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        opened.writestr("app.py", "def handler(event, context):\n    return {}\n")
    awslambda.create_function(
        FunctionName=RECORDER,
        Runtime="python3.13",
        Role=role_arn,
        Handler="app.handler",
        Code={"ZipFile": buffer.getvalue()},
        Timeout=60,
    )
