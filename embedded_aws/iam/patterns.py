"""Wildcards and policy variables, which resources and conditions may hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

_KEPT_PATTERNS = 8192
_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_SEGMENTS = 6
_ESCAPES = {"*": "\ue000", "?": "\ue001", "$": "$"}

Lookup = Callable[[str], Sequence[str] | None]


class NoValue(LookupError):
    """A policy variable that this request has no single value for: its pattern fits nothing."""


def fits(pattern: str, text: str) -> bool:
    """Tell whether a text fits a pattern of ``*`` and ``?``, case included."""
    return _glob(pattern).fullmatch(text) is not None


@lru_cache(maxsize=_KEPT_PATTERNS)
def fits_any_case(pattern: str, text: str) -> bool:
    """Tell the same of actions, whose case does not matter."""
    return fits(pattern.lower(), text.lower())


def fits_arn(pattern: str, arn: str) -> bool:
    """Tell whether each of an ARN's six parts fits, as ``ArnLike`` asks."""
    wanted, given = pattern.split(":", _SEGMENTS - 1), arn.split(":", _SEGMENTS - 1)
    return len(wanted) == len(given) == _SEGMENTS and all(map(fits, wanted, given))


def fits_resource(pattern: str, resource: str) -> bool:
    """Tell whether a resource fits an element of ``Resource``.

    IAM JSON policy elements, Resource: a wildcard stays within its segment, but "if the *
    wildcard is the last character of a resource ARN segment, it can expand to match beyond
    the colon boundaries".
    """
    return _resource(pattern).fullmatch(resource) is not None


def filled(pattern: str, lookup: Lookup) -> str:
    """A pattern with its variables replaced, whose values are literal, wildcards included.

    Raises:
        NoValue: a variable has no value, or several, and no default.
    """
    return _VARIABLE.sub(lambda found: _value(found.group(1), lookup), pattern)


def _value(inside: str, lookup: Lookup) -> str:
    if inside in _ESCAPES:
        return _ESCAPES[inside]
    key, _, default = (part.strip() for part in inside.partition(","))
    values = lookup(key)
    if values is not None and len(values) == 1:
        return "".join(_ESCAPES.get(character, character) for character in values[0])
    if default:
        return default.strip("'")
    raise NoValue(key)


@lru_cache(maxsize=_KEPT_PATTERNS)
def _glob(pattern: str) -> re.Pattern[str]:
    return re.compile("".join(map(_part, pattern)), re.DOTALL)


@lru_cache(maxsize=_KEPT_PATTERNS)
def _resource(pattern: str) -> re.Pattern[str]:
    *segments, last = pattern.split(":", _SEGMENTS - 1)
    return re.compile("".join(map(_segment, segments)) + _glob(last).pattern, re.DOTALL)


def _segment(segment: str) -> str:
    inner = "".join(_part(character) for character in segment[:-1]).replace(".*", "[^:]*")
    return inner + "".join(map(_part, segment[-1:])) + ":"


def _part(character: str) -> str:
    match character:
        case "*":
            return ".*"
        case "?":
            return "."
        case "\ue000":
            return r"\*"
        case "\ue001":
            return r"\?"
        case _:
            return re.escape(character)
