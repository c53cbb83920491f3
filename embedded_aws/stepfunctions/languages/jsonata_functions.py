"""The functions that Step Functions adds to JSONata.

Developer Guide, "Transforming data with JSONata in Step Functions".
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from random import Random
from typing import Any
from uuid import UUID

from jsonata.jsonata import Jsonata
from jsonata.utils import Utils

from embedded_aws.stepfunctions.documents import Json, dumps
from embedded_aws.stepfunctions.scope import Scope

_DIGESTS = {
    "MD5": hashlib.md5,
    "SHA-1": hashlib.sha1,
    "SHA-256": hashlib.sha256,
    "SHA-384": hashlib.sha384,
    "SHA-512": hashlib.sha512,
}
_MAX_RANGE = 1000


def digest(content: Json, algorithm: str) -> str:
    """Hexadecimal digest of a string, or of a JSON value's text.

    Raises:
        ValueError: for an algorithm that AWS does not list.
    """
    if algorithm not in _DIGESTS:
        raise ValueError(f"unknown algorithm {algorithm}; use one of {', '.join(_DIGESTS)}")
    text = content if isinstance(content, str) else dumps(content)
    return _DIGESTS[algorithm](text.encode()).hexdigest()


def partition(array: list[Json], size: float) -> list[list[Json]]:
    """Chunks of at most ``size`` items."""
    count = int(size)
    if count < 1:
        raise ValueError(f"the chunk size must be a positive integer, not {size}")
    return [array[start : start + count] for start in range(0, len(array), count)]


def number_range(first: float, last: float, step: float) -> list[float]:
    """Numbers from first to last, both included, at most a thousand."""
    if step == 0:
        raise ValueError("the step of a range must not be zero")
    count = int((last - first) // step) + 1
    if count > _MAX_RANGE:
        raise ValueError(f"a range holds at most {_MAX_RANGE} items, not {count}")
    return [first + index * step for index in range(max(count, 0))]


def random_uuid(chance: Random) -> str:
    """A version 4 UUID, repeatable for a repeated run."""
    return str(UUID(int=chance.getrandbits(128), version=4))


def _parse(text: str) -> Json:
    value = json.loads(text)
    return Utils.NULL_VALUE if value is None else value


def _native(function: Callable[..., Any], signature: str) -> object:
    return Jsonata.JFunction(Jsonata.JLambda(function), signature)


_PURE = {
    "partition": _native(partition, "<an:a>"),
    "range": _native(number_range, "<nnn:a>"),
    "hash": _native(digest, "<xs:s>"),
    "parse": _native(_parse, "<s:x>"),
}


def bound_functions(scope: Scope) -> Mapping[str, object]:
    """The functions to bind for one evaluation: time is virtual, chance is the strand's."""

    def seeded(seed: Json = None) -> float:
        return (scope.chance if seed is None else Random(seed)).random()  # noqa: S311

    def now(picture: Json = None, zone: Json = None) -> Json:
        return Jsonata.static_frame.lookup("fromMillis").call(None, [millis(), picture, zone])

    def millis() -> int:
        return int(scope.now().timestamp() * 1000)

    return {
        **_PURE,
        "random": _native(seeded, "<n?:n>"),
        "uuid": _native(lambda: random_uuid(scope.chance), "<:s>"),
        "now": _native(now, "<s?s?:s>"),
        "millis": _native(millis, "<:n>"),
    }
