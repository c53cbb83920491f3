"""Botocore's parsers of answers, with a reader of instants that is a tenth as slow as its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import TYPE_CHECKING

from botocore.parsers import ResponseParserFactory

if TYPE_CHECKING:
    from botocore.parsers import ResponseParser


class Headers(Mapping[str, str]):
    """Headers of an answer, by their names in any case; botocore's own parsers ask for dozens."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given
        self._by_lower_case = {name.lower(): value for name, value in given.items()}

    def __getitem__(self, name: str) -> str:
        """A header's value."""
        return self._by_lower_case[name.lower()]

    def __contains__(self, name: object) -> bool:
        """Whether there is such a header."""
        return str(name).lower() in self._by_lower_case

    def __iter__(self) -> Iterator[str]:
        """The names as they were sent."""
        return iter(self._given)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._given)


@cache
def answer_parser(protocol: str) -> ResponseParser:
    """The parser of a protocol's answers; its instants are aware, in UTC."""
    factory = ResponseParserFactory()
    factory.set_parser_defaults(timestamp_parser=read_instant)
    return factory.create_parser(protocol)


def read_instant(value: object) -> datetime:
    """An instant as any protocol writes it: seconds, ISO 8601, or the form of HTTP's headers.

    Raises:
        ValueError: it is none of these.
    """
    if isinstance(value, datetime):
        return value
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    text = str(value)
    if text[:1].isalpha():
        return parsedate_to_datetime(text).astimezone(UTC)
    try:
        return datetime.fromtimestamp(float(text), UTC)
    except ValueError:
        read = datetime.fromisoformat(text)
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
