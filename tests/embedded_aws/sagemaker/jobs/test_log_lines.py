"""A container's output on its way to CloudWatch Logs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from embedded_aws.sagemaker.jobs.log_lines import deliver, lines

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def test_control_characters_show_in_octal_and_blank_lines_are_dropped() -> None:
    assert lines("[0]\ttrain-auc:1\n\nback\rspace\n") == ["[0]#011train-auc:1", "back#015space"]


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
        stub.add_client_error("create_log_stream", "AccessDeniedException")
        deliver(denied, "group", "stream", ["x"], NOW)
        stub.assert_no_pending_responses()


def test_any_other_refusal_is_an_error(denied: Any) -> None:
    with Stubber(denied) as stub:
        stub.add_client_error("create_log_stream", "LimitExceededException")
        with pytest.raises(ClientError, match="LimitExceeded"):
            deliver(denied, "group", "stream", ["x"], NOW)
