"""Failures inside an execution: AWS's names for them, and which names in Retry and Catch match.

Names and wildcards: Step Functions Developer Guide, "Handling errors in workflows".
"""

from __future__ import annotations

from collections.abc import Iterable

ALL = "States.ALL"
TASK_FAILED = "States.TaskFailed"
TIMEOUT = "States.Timeout"
HEARTBEAT_TIMEOUT = "States.HeartbeatTimeout"
RUNTIME = "States.Runtime"
DATA_LIMIT_EXCEEDED = "States.DataLimitExceeded"
QUERY_EVALUATION_ERROR = "States.QueryEvaluationError"
NO_CHOICE_MATCHED = "States.NoChoiceMatched"
INTRINSIC_FAILURE = "States.IntrinsicFailure"
PARAMETER_PATH_FAILURE = "States.ParameterPathFailure"
RESULT_PATH_MATCH_FAILURE = "States.ResultPathMatchFailure"

RESERVED_PREFIX = "States."
# The Developer Guide says that States.ALL does not catch DataLimitExceeded; on AWS it was recorded
# to do so (LocalStack's test_service_task_lambada_catch_state_all_data_limit_exceeded...).
_BEYOND_TASK_FAILED = {TIMEOUT, HEARTBEAT_TIMEOUT, DATA_LIMIT_EXCEEDED}


class StateFailure(Exception):
    """A state failed with an error that Retry and Catch may match.

    Attributes:
        error: The name that histories and outputs show; None if a Fail state, or whoever
            returned a task token, gives none.
        cause: Likewise.
        matched_as: The name that Retry and Catch compare with theirs.
    """

    def __init__(
        self, error: str | None, cause: str | None = None, *, matched_as: str | None = None
    ) -> None:
        super().__init__(f"{error}: {cause}")
        self.error = error
        self.cause = cause
        self.matched_as = matched_as or error

    def as_output(self) -> dict[str, str | None]:
        """The error output that a Catch receives.

        Recorded on AWS for LocalStack's test_sqs_failure_in_wait_for_task_tok_no_error_field:
        what is not given is null.
        """
        return {"Error": self.error, "Cause": self.cause}


class QueryFailure(Exception):
    """A field of a state could not be evaluated.

    Attributes:
        detail: AWS's sentence about it; the interpreter adds the state's name.
        location: The field, such as ``Output/total``; only JSONata reports one.
    """

    def __init__(self, error: str, detail: str, location: str | None = None) -> None:
        super().__init__(detail)
        self.error = error
        self.detail = detail
        self.location = location


class Cancelled(Exception):
    """The execution, or a sibling branch, has ended: this strand must stop where it is."""


def matches(error_equals: Iterable[str], error: str | None) -> bool:
    """Tell whether a retrier or catcher that lists ``error_equals`` takes this error."""
    return any(_matches(listed, error or "") for listed in error_equals)


def _matches(listed: str, error: str) -> bool:
    if error == RUNTIME:
        return False
    if listed == ALL:
        return True
    if listed == TASK_FAILED:
        return error not in _BEYOND_TASK_FAILED
    if listed == TIMEOUT:
        return error in {TIMEOUT, HEARTBEAT_TIMEOUT}
    return listed == error
