"""Doubts by name: each is checked by a function that says whether AWS is as we assume."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from ops.errors import OperatorError

Seen = TypeVar("Seen")


@dataclass(frozen=True)
class Finding:
    """What a check saw."""

    holds: bool
    saw: str


Check = Callable[[Seen], Finding]
_UNLIKE = (
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ClientError,
    BotoCoreError,
    OperatorError,
)


class Checks(Generic[Seen]):
    """The checks of one kind of evidence, in their order."""

    def __init__(self) -> None:
        self.by_name: dict[str, Check[Seen]] = {}

    def of(self, name: str) -> Callable[[Check[Seen]], Check[Seen]]:
        """Let a function check the doubt of a name."""

        def add(check: Check[Seen]) -> Check[Seen]:
            self.by_name[name] = check
            return check

        return add

    def judge(self, name: str, seen: Seen) -> Finding:
        """What the check of a name saw; evidence in which it cannot even find its way differs.

        So does a request that boto3 does not take as Step Functions shows it.
        """
        try:
            return self.by_name[name](seen)
        except _UNLIKE as unlike:
            return Finding(holds=False, saw=f"{type(unlike).__name__}: {unlike}")


def refusal(call: Callable[..., object], **parameters: object) -> str:
    """How AWS refuses a call, its code and text; empty if it does not."""
    try:
        call(**parameters)
    except ClientError as refused:
        error = refused.response["Error"]
        return f"{error['Code']}: {error['Message']}"
    return ""
