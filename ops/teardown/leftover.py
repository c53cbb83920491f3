"""What a teardown finds of a stack: what each thing is called, how it is, and what ends it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from ops.clients import Call


@dataclass(frozen=True)
class Leftover:
    """Something that a stack, or what it started, still has.

    Attributes:
        kind: In one word: schedule, night, endpoint.
        state: What an operator should know of it, in AWS's words where it has any.
        end: Makes the call that ends it; None while it can only be waited for.
    """

    kind: str
    name: str
    state: str
    end: Callable[[], object] | None

    def __str__(self) -> str:
        """One line for the operator."""
        return f"{self.kind} {self.name}" + (f", {self.state}" if self.state else "")


def ending(call: Call, **parameters: object) -> Callable[[], object]:
    """A call that ends something; it is no failure if that has come to its end by itself.

    SageMaker says ``ValidationException`` of what is not there, or not running, any more, and of
    what takes no such call just now: whoever looks again sees which of these it was.
    """
    return partial(_end, partial(call, **parameters))


def pages(call: Call, member: str, **parameters: object) -> Iterator[dict[str, Any]]:
    """The items of all pages of a listing of SageMaker."""
    token: dict[str, str] = {}
    while True:
        page = call(**parameters, **token)
        yield from page[member]
        if not page.get("NextToken"):
            return
        token = {"NextToken": page["NextToken"]}


def _end(call: Callable[[], object]) -> None:
    try:
        call()
    except ClientError as refused:
        if refused.response["Error"]["Code"] not in {"ValidationException", "ResourceNotFound"}:
            raise
