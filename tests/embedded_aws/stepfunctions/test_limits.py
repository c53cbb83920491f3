"""What an execution may not exceed. Developer Guide, "Service quotas"."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ClientError

from embedded_aws.stepfunctions.execution_views import redrive_status
from embedded_aws.stepfunctions.executions import Execution

if TYPE_CHECKING:
    from embedded_aws.stepfunctions.machines import Revision

KIB = 1024
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def padded(bytes_: str) -> str:
    """An expression for text of a size."""
    return f"{{% $pad('', {bytes_}, 'x') %}}"


def failure(outcome: Any) -> tuple[str, str]:
    record = outcome.record
    return record["error"], record["cause"]


def test_the_output_of_a_state(machines: Any, jsonata: Any) -> None:
    """Recorded on AWS for LocalStack's test_start_large_input."""
    fits = {"A": {"Type": "Pass", "Output": padded("256 * 1024 - 2"), "End": True}}
    assert len(machines.run(jsonata(fits)).output) == 256 * KIB - 2
    above = {"A": {"Type": "Pass", "Output": padded("256 * 1024 - 1"), "End": True}}
    assert failure(machines.run(jsonata(above))) == (
        "States.DataLimitExceeded",
        (
            "The state/task 'A' returned a result with a size exceeding the maximum number of"
            " bytes service limit."
        ),
    )


def test_bytes_are_counted_not_characters(machines: Any, jsonata: Any) -> None:
    """Recorded on AWS for LocalStack's test_..._data_limit_exceeded_on_large_utf8_response."""
    states = {"A": {"Type": "Pass", "Output": "{% $pad('', 100000, 'ă') & 'xyz' %}", "End": True}}
    assert len(machines.run(jsonata(states)).output) == 100_003
    states["A"]["Output"] = "{% $pad('', 132000, 'ă') %}"
    assert failure(machines.run(jsonata(states)))[0] == "States.DataLimitExceeded"


@pytest.fixture
def wide(jsonata: Any) -> Callable[..., dict[str, Any]]:
    """A Map or a Parallel of which each part fits, but all together do not."""
    part = {
        "StartAt": "P",
        "States": {"P": {"Type": "Pass", "Output": padded("100 * 1024"), "End": True}},
    }
    kinds: dict[str, dict[str, Any]] = {
        "Map": {"Type": "Map", "Items": [1, 2, 3], "ItemProcessor": part},
        "Parallel": {
            "Type": "Parallel",
            "Branches": [
                {"StartAt": f"P{n}", "States": {f"P{n}": part["States"]["P"]}} for n in range(3)
            ],
        },
    }
    return lambda kind, **more: jsonata({"W": {**kinds[kind], "Output": 1, "End": True, **more}})


@pytest.mark.parametrize("kind", ["Map", "Parallel"])
def test_joined_results_that_no_output_can_make_smaller(
    machines: Any, wide: Any, kind: str
) -> None:
    outcome = machines.run(wide(kind))
    assert failure(outcome)[0] == "States.DataLimitExceeded"
    assert f"{kind}StateFailed" in outcome.types
    assert f"{kind}StateSucceeded" not in outcome.types


def test_a_redrive_runs_every_branch_again_when_their_results_were_too_large(
    machines: Any, wide: Any
) -> None:
    """Developer Guide, "Restarting state machine executions with redrive"."""
    outcome = machines.run(wide("Parallel"))
    machines.client.redrive_execution(executionArn=outcome.arn)
    machines.settle()
    assert outcome.types.count("PassStateEntered") == 6


def test_the_input_of_a_branch_and_of_a_task(machines: Any, jsonata: Any) -> None:
    inner = {"StartAt": "I", "States": {"I": {"Type": "Succeed"}}}
    too_large = padded("300 * 1024")
    parallel = {"Type": "Parallel", "Arguments": too_large, "Branches": [inner], "End": True}
    assert failure(machines.run(jsonata({"P": parallel})))[0] == "States.DataLimitExceeded"
    resource = "arn:aws:states:::aws-sdk:s3:headBucket"
    task = {"Type": "Task", "Resource": resource, "Arguments": {"Bucket": too_large}, "End": True}
    assert failure(machines.run(jsonata({"T": task})))[0] == "States.DataLimitExceeded"


def test_a_name_is_free_again_after_ninety_days(machines: Any, jsonata: Any) -> None:
    arn = machines.create(jsonata({"A": {"Type": "Succeed"}}))
    first = machines.start(arn, name="night").record
    clock = machines.aws.environment.clock
    clock.advance_to(first["stopDate"] + timedelta(days=90, minutes=-5))
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        machines.client.start_execution(stateMachineArn=arn, name="night")
    clock.advance_to(first["stopDate"] + timedelta(days=90, seconds=1))
    assert machines.start(arn, name="night").record["startDate"] > first["stopDate"]


def test_the_variables_of_one_assign(machines: Any, jsonata: Any) -> None:
    half = padded("128 * 1024")
    states = {
        "A": {"Type": "Pass", "Assign": {"x": half}, "Next": "B"},
        "B": {"Type": "Pass", "Assign": {"x": half, "y": half}, "End": True},
    }
    outcome = machines.run(jsonata(states))
    assert failure(outcome)[0] == "States.DataLimitExceeded"
    assert outcome.types.count("PassStateExited") == 1


def test_all_variables_together(machines: Any, jsonata: Any) -> None:
    """Forty iterations hold 256 KiB each; a variable that is assigned anew counts once."""
    hold = {"Type": "Pass", "Assign": {"x": padded("256 * 1024 - 100")}, "Next": "Again"}
    again = {**hold, "Next": "Wait"}
    wait = {"Type": "Wait", "Seconds": 10, "End": True}
    processor = {"StartAt": "Hold", "States": {"Hold": hold, "Again": again, "Wait": wait}}
    state = {"Type": "Map", "Items": "{% [1..40] %}", "ItemProcessor": processor, "Output": 1}
    assert machines.run(jsonata({"M": {**state, "End": True}})).output == 1
    outer = {"Type": "Pass", "Assign": {"outer": padded("200 * 1024")}, "Next": "M"}
    outcome = machines.run(jsonata({"O": outer, "M": {**state, "End": True}}))
    error, cause = failure(outcome)
    assert (error, "10 MiB" in cause) == ("States.DataLimitExceeded", True)


def test_states_all_catches_a_result_that_is_too_large(machines: Any, jsonata: Any) -> None:
    """Recorded for LocalStack's test_service_task_lambada_catch_state_all_data_limit_exceeded...

    The Developer Guide says that it does not.
    """
    part = {
        "StartAt": "P",
        "States": {"P": {"Type": "Pass", "Output": padded("300 * 1024"), "End": True}},
    }
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "C"}]
    states = {
        "W": {"Type": "Parallel", "Branches": [part], "Catch": catch, "End": True},
        "C": {"Type": "Pass", "Output": "{% $states.input.Error %}", "End": True},
    }
    assert machines.run(jsonata(states)).output == "States.DataLimitExceeded"


def closed(redrives: int = 0, events: int = 0, open_for: timedelta = timedelta()) -> Execution:
    execution = Execution("arn", "name", cast("Revision", None), "{}", lambda: NOW, (), NOW)
    for _ in range(events):
        execution.history.append("PassStateEntered", 0)
    execution.started_at -= open_for
    execution.redrive_count = redrives
    execution.close("FAILED", {}, None)
    return execution


@pytest.mark.parametrize(
    ("execution", "reason"),
    [
        (closed(redrives=999, events=24_998, open_for=timedelta(days=364)), None),
        (closed(redrives=1_000), "maximum number of redrives"),
        (closed(events=24_999), "history event limit"),
        (closed(open_for=timedelta(days=365)), "one year"),
    ],
    ids=["just within", "redrives", "events", "a year"],
)
def test_what_cannot_be_redriven_any_more(execution: Execution, reason: str | None) -> None:
    status = redrive_status(execution, NOW)
    assert (status["redriveStatus"] == "REDRIVABLE") is (reason is None)
    assert reason is None or reason in status["redriveStatusReason"]
