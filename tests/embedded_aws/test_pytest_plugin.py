"""The fixtures that other projects get: a template deployed, its machine run, time and faults."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws.clock import Clock
from embedded_aws.faults.plan import FaultPlan
from embedded_aws.faults.reading import read_faults
from embedded_aws.iam.call_log import CallLog
from embedded_aws.packaging import StackFailed
from embedded_aws.settings import Settings

SAMPLE = Path(__file__).with_name("cloudformation") / "sample" / "template.yaml"
BEGIN = datetime(2031, 5, 1, tzinfo=UTC)
THROTTLED = """
faults:
  - {service: sqs, operation: ListQueues, effect: throttle}
"""


@pytest.fixture(scope="module")
def aws_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """This module's instance begins when the module says."""
    return Settings(tmp_path_factory.mktemp("plugin"), start_at=BEGIN)


@pytest.fixture(scope="module")
def outputs(deploy_template: Callable[..., dict[str, str]]) -> dict[str, str]:
    return deploy_template("greetings", SAMPLE, Greeting="good")


def test_a_module_may_set_its_instance_up(clock: Clock) -> None:
    assert timedelta() <= clock.now() - BEGIN < timedelta(days=300)


def test_a_sam_template_is_deployed_with_its_code_and_its_parameters(
    outputs: dict[str, str], client: Callable[[str], Any]
) -> None:
    answer = client("lambda").invoke(
        FunctionName=outputs["FunctionName"], Payload=b'{"name": "plugin"}'
    )
    assert json.load(answer["Payload"]) == "good, plugin"


def test_the_call_log_tells_what_a_machine_did(
    outputs: dict[str, str], client: Callable[[str], Any], clock: Clock, calls: CallLog
) -> None:
    calls.clear()
    started = client("stepfunctions").start_execution(
        stateMachineArn=outputs["MachineAliasArn"], input='{"name": "log"}'
    )
    clock.advance_to(started["startDate"])
    assert "Invoke" in {record.operation for record in calls}


def test_a_fault_strikes_while_its_test_lasts(
    client: Callable[[str], Any], faults: FaultPlan
) -> None:
    faults.add(*read_faults(THROTTLED))
    with pytest.raises(ClientError, match="Throttl"):
        client("sqs").list_queues()


def test_no_fault_outlives_its_test(faults: FaultPlan) -> None:
    assert faults.armed == ()


def test_a_stack_that_fails_says_why(deploy_template: Callable[..., dict[str, str]]) -> None:
    with pytest.raises((StackFailed, ClientError), match="Greeting"):
        deploy_template("refused", SAMPLE, Greeting="BAD")
