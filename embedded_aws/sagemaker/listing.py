"""Pages of List* operations; their tokens survive what is created or deleted in between."""

from __future__ import annotations

import base64
import binascii
import heapq
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Literal, TypeVar

from embedded_aws.gateway.service import Parameters, ServiceError

DEFAULT_PAGE_SIZE = 10

Order = Literal["Ascending", "Descending"]
SortKey = tuple[str | float, ...]
T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some items in order, and where to go on; no token on the last page."""

    items: tuple[T, ...]
    next_token: str | None

    def answer(self, member: str, summary: Callable[[T], object]) -> dict[str, object]:
        """The output of a List* operation."""
        token = {"NextToken": self.next_token} if self.next_token else {}
        return {member: [summary(item) for item in self.items], **token}


def page(
    candidates: Iterable[T],
    key: Callable[[T], SortKey],
    parameters: Parameters,
    default_order: Order = "Descending",
) -> Page[T]:
    """The page that ``MaxResults``, ``SortOrder`` and ``NextToken`` ask for.

    ``key`` must tell any two candidates apart: a token is the key of the last item.

    Raises:
        ServiceError: ``ValidationException`` for a token that no page gave out.
    """
    size = parameters.get("MaxResults", DEFAULT_PAGE_SIZE)
    ascending = parameters.get("SortOrder", default_order) == "Ascending"
    rest = [(key(candidate), candidate) for candidate in candidates]
    if token := parameters.get("NextToken"):
        last = _key(token)
        rest = [entry for entry in rest if (entry[0] > last if ascending else entry[0] < last)]
    first = heapq.nsmallest if ascending else heapq.nlargest
    found = first(size + 1, rest, key=lambda entry: entry[0])
    more = len(found) > size
    return Page(
        tuple(candidate for _, candidate in found[:size]),
        encode_token(found[size - 1][0]) if more else None,
    )


def within(when: datetime, after: datetime | None, before: datetime | None) -> bool:
    """Whether an instant lies in a filter's window, both ends included, as the API says."""
    return (after is None or when >= after) and (before is None or when <= before)


def encode_token(position: object) -> str:
    """An opaque token for a JSON value."""
    return base64.urlsafe_b64encode(json.dumps(position).encode()).decode()


def decode_token(token: str) -> object:
    """The JSON value of a token.

    Raises:
        ServiceError: ``ValidationException`` when the token is not one of ours.
    """
    try:
        return json.loads(base64.urlsafe_b64decode(token.encode()))
    except (binascii.Error, ValueError) as malformed:
        raise invalid_token(token) from malformed


def invalid_token(token: str) -> ServiceError:
    """The refusal of a token; AWS's text is undocumented."""
    return ServiceError("ValidationException", f"The pagination token {token!r} is invalid")


def _key(token: str) -> SortKey:
    key = decode_token(token)
    if not isinstance(key, list):
        raise invalid_token(token)
    return tuple(key)
