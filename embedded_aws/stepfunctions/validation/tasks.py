"""What must hold between the fields of a Task."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from embedded_aws.stepfunctions.documents import Json
from embedded_aws.stepfunctions.validation.problem import SCHEMA, Problem

Fields = Mapping[str, Json]


def check_task(state: Fields, location: str) -> Iterator[Problem]:
    """Credentials without a role, and a heartbeat that the timeout is always sooner than.

    The first message was recorded on AWS for LocalStack's test_invalid_credentials_field; the
    second rule is the Developer Guide's ("Task workflow state").
    """
    if not {"RoleArn", "RoleArn.$"} & state.get("Credentials", {"RoleArn": ""}).keys():
        message = "The field 'RoleArn' is required but was missing"
        yield Problem(SCHEMA, message, f"{location}/Credentials")
    timeout, heartbeat = state.get("TimeoutSeconds"), state.get("HeartbeatSeconds")
    if isinstance(timeout, int) and isinstance(heartbeat, int) and heartbeat >= timeout:
        message = "HeartbeatSeconds must be smaller than TimeoutSeconds"
        yield Problem(SCHEMA, message, f"{location}/HeartbeatSeconds")
