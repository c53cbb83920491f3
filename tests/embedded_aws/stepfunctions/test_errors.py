"""Which names in Retry and Catch match which errors."""

from __future__ import annotations

import pytest

from embedded_aws.stepfunctions.errors import matches


@pytest.mark.parametrize(
    ("listed", "error", "expected"),
    [
        ("Boom", "Boom", True),
        ("Boom", "boom", False),
        ("States.ALL", "Boom", True),
        ("States.ALL", "States.Timeout", True),
        ("States.ALL", "States.QueryEvaluationError", True),
        ("States.ALL", "States.Runtime", False),
        ("States.ALL", "States.DataLimitExceeded", True),
        ("States.TaskFailed", "States.TaskFailed", True),
        ("States.TaskFailed", "SageMaker.AmazonSageMakerException", True),
        ("States.TaskFailed", "States.Timeout", False),
        ("States.TaskFailed", "States.DataLimitExceeded", False),
        ("States.TaskFailed", "States.HeartbeatTimeout", False),
        ("States.Timeout", "States.Timeout", True),
        ("States.Timeout", "States.HeartbeatTimeout", True),
        ("States.HeartbeatTimeout", "States.Timeout", False),
        ("States.DataLimitExceeded", "States.DataLimitExceeded", True),
        ("States.Runtime", "States.Runtime", False),
        ("States.ALL", None, True),
    ],
)
def test_a_listed_name_matches_an_error(
    listed: str,
    error: str | None,
    expected: bool,  # noqa: FBT001  # a table's column
) -> None:
    assert matches(["Unrelated", listed], error) is expected
