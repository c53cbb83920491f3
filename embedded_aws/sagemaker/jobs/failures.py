"""The ways in which a job fails that are not its code's fault, worded as a FailureReason."""

from __future__ import annotations

MAX_FAILURE_REASON = 1024
INTERNAL_SERVER_ERROR = (
    # Two blanks, as in AWS's documentation.
    "InternalServerError: We encountered an internal error.  Please try again."
)


CAPACITY_ERROR = (
    # As the SageMaker SDK's tests and issues quote it.
    "CapacityError: Unable to provision requested ML compute capacity. "
    "Please retry using a different ML instance type."
)


class JobStopped(Exception):  # not an error, but the way out of a job's work
    """Ends a job as ``Stopped``, without results."""


class JobFailure(Exception):  # AWS calls it a failure
    """Ends a job as ``Failed``; the message becomes its FailureReason."""

    @property
    def is_retried(self) -> bool:
        """Whether RetryStrategy covers it, which is about nothing but InternalServerError."""
        return str(self).startswith("InternalServerError")


class ClientFailure(JobFailure):
    """Something that the job's creator has to put right: an object, an image, a permission."""

    def __init__(self, what: str) -> None:
        super().__init__(f"ClientError: {what}")


def algorithm_failure(text: str, exit_code: int) -> str:
    """The FailureReason of a container that exited with ``exit_code``, cut to AWS's limit.

    Both kinds of job end in ``AlgorithmError: , exit code: 1`` when the container left no
    text (public issue threads of 2024).
    """
    suffix = f", exit code: {exit_code}"
    head = f"AlgorithmError: {text}"
    return head[: MAX_FAILURE_REASON - len(suffix)] + suffix
