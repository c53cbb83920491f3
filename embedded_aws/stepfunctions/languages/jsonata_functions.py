"""The functions that Step Functions adds to JSONata.

Developer Guide, "Transforming data with JSONata in Step Functions"; edges that the guide leaves
open as measured on AWS (LocalStack's recordings, floci-io/floci pull request 2676).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from random import Random
from typing import Any
from uuid import UUID

from jsonata.jexception import JException
from jsonata.jsonata import Jsonata
from jsonata.utils import Utils

from embedded_aws.stepfunctions.documents import Json, dumps
from embedded_aws.stepfunctions.languages.java_random import first_double
from embedded_aws.stepfunctions.languages.jsonata_mends import (
    MAX_SEQUENCE,
    MEMORY_EXCEEDED,
    MENDED,
    native,
)
from embedded_aws.stepfunctions.scope import Scope

_DIGESTS = {
    "MD5": hashlib.md5,
    "SHA-1": hashlib.sha1,
    "SHA-256": hashlib.sha256,
    "SHA-384": hashlib.sha384,
    "SHA-512": hashlib.sha512,
}


def digest(content: Json, algorithm: str) -> str:
    """Hexadecimal digest of a string, or of a JSON value's text.

    Raises:
        ValueError: for an algorithm that AWS does not list.
    """
    if algorithm not in _DIGESTS:
        raise ValueError(f"unknown algorithm {algorithm}; use one of {', '.join(_DIGESTS)}")
    text = content if isinstance(content, str) else dumps(content)
    return _DIGESTS[algorithm](text.encode()).hexdigest()


def chunks(array: list[Json], size: int) -> list[list[Json]]:
    """Parts of an array, each of at most ``size`` items."""
    return [array[start : start + size] for start in range(0, len(array), size)]


def inclusive_range(first: int, last: int, step: int) -> range:
    """From first to last, the last included when a step lands on it."""
    return range(first, last + (1 if step > 0 else -1), step)


def random_uuid(chance: Random) -> str:
    """A version 4 UUID, repeatable for a repeated run."""
    return str(UUID(int=chance.getrandbits(128), version=4))


def _partition(array: list[Json], size: float) -> list[list[Json]] | None:
    count = int(size)
    if count < 0:
        raise ValueError(f"the chunk size must not be negative, but was {size}")
    return chunks(array, count) or None if count else None


def _range(first: float, last: float, step: float) -> list[Json] | None:
    # A sequence, as JSONata's own functions return: of one item it is that item (recorded).
    if int(step) == 0:
        return None
    items = inclusive_range(int(first), int(last), int(step))
    if len(items) > MAX_SEQUENCE:
        raise JException(MEMORY_EXCEEDED)
    sequence: list[Json] = Utils.create_sequence_from_iter(items)
    return sequence


def _parse(text: str) -> Json:
    value = json.loads(text)
    return Utils.NULL_VALUE if value is None else value


_PURE = {
    **MENDED,
    "partition": native(_partition, "<an:a>"),
    "range": native(_range, "<nnn:a>"),
    "hash": native(digest, "<xs:s>"),
    "parse": native(_parse, "<s:x>"),
    # Not offered by Step Functions: calling it is calling a non-function.
    "eval": None,
}


def bound_functions(scope: Scope) -> Mapping[str, object]:
    """The functions to bind for one evaluation: time is virtual, chance is the strand's."""

    def seeded(seed: float | None = None) -> float:
        return scope.chance.random() if seed is None else first_double(int(seed))

    def now(picture: Json = None, zone: Json = None) -> Json:
        return Jsonata.static_frame.lookup("fromMillis").call(None, [millis(), picture, zone])

    def millis() -> int:
        return int(scope.now().timestamp() * 1000)

    by_scope: Mapping[str, tuple[Callable[..., Any], str]] = {
        "random": (seeded, "<n?:n>"),
        "uuid": (lambda: random_uuid(scope.chance), "<:s>"),
        "now": (now, "<s?s?:s>"),
        "millis": (millis, "<:n>"),
    }
    return {**_PURE, **{name: native(*definition) for name, definition in by_scope.items()}}
