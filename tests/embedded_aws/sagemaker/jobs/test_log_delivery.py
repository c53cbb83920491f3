"""Output on its way to CloudWatch Logs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from embedded_aws.sagemaker.jobs.log_delivery import (
    MAX_BATCH_BYTES,
    MAX_EVENT_BYTES,
    batches,
    deliver,
    lines,
)

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def test_control_characters_show_in_octal_and_blank_lines_are_dropped() -> None:
    assert lines("[0]\ttrain-auc:1\n\nback\rspace\n") == ["[0]#011train-auc:1", "back#015space"]


def test_a_batch_holds_at_most_ten_thousand_events() -> None:
    assert [len(batch) for batch in batches(["x"] * 10_001)] == [10_000, 1]


def test_a_batch_holds_at_most_a_mebibyte() -> None:
    message = "x" * 100_000
    sizes = [sum(len(each) + 26 for each in batch) for batch in batches([message] * 25)]
    assert max(sizes) <= MAX_BATCH_BYTES
    assert len(sizes) == 3


def test_a_message_that_is_too_long_is_cut() -> None:
    ((message,),) = batches(["ä" * MAX_EVENT_BYTES])
    assert len(message.encode()) + 26 <= MAX_EVENT_BYTES


def test_nothing_to_say_is_no_batch() -> None:
    assert list(batches([])) == []


@pytest.fixture
def denied(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client whose first call is answered with an error code, to be told by the test."""
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return boto3.client(
        "logs",
        region_name="us-east-1",
        aws_access_key_id="AKIDUSER",
        aws_secret_access_key="unused",
    )


def test_a_role_that_may_not_write_logs_only_loses_them(denied: Any) -> None:
    with Stubber(denied) as stub:
        stub.add_client_error("create_log_group", "AccessDeniedException")
        deliver(denied, "group", "stream", ["x"], NOW)
        stub.assert_no_pending_responses()


def test_any_other_refusal_is_an_error(denied: Any) -> None:
    with Stubber(denied) as stub:
        stub.add_client_error("create_log_group", "LimitExceededException")
        with pytest.raises(ClientError, match="LimitExceeded"):
            deliver(denied, "group", "stream", ["x"], NOW)


def test_a_group_and_a_stream_that_are_there_are_used(client: Any) -> None:
    logs = client("logs")
    deliver(logs, "group", "first", ["a"], NOW)
    deliver(logs, "group", "second", ["b"], NOW)
    deliver(logs, "group", "second", ["c"], NOW)
    events = logs.get_log_events(logGroupName="group", logStreamName="second")["events"]
    assert [event["message"] for event in events] == ["b", "c"]
    assert {event["timestamp"] for event in events} == {int(NOW.timestamp() * 1000)}
