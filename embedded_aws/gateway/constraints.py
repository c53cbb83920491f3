"""The constraints of botocore's shapes on a single value: its type, length, range, enum, pattern.

The rules are Smithy's ("Constraint traits"), the words those of AWS's own answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import regex

if TYPE_CHECKING:
    from botocore.model import Shape

_NUMBERS = frozenset({"integer", "long", "float", "double"})
# All that UTF-16, in which Java's patterns are written, needs two units for.
_JAVA_ASTRAL = r"\uD800\uDC00-\uDBFF\uDFFF"
_ASTRAL = r"\U00010000-\U0010FFFF"


def is_of_type(shape: Shape, value: Any) -> bool:  # noqa: ANN401  # any parsed value
    """Whether a value has the Python type that botocore has for a shape."""
    if shape.type_name in _NUMBERS:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, _PYTHON_TYPES[shape.type_name])


# A streamed blob is whatever can be read.
_PYTHON_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "structure": Mapping,
    "list": list | tuple,  # type: ignore[dict-item]  # a union type will do for isinstance
    "map": Mapping,
    "string": str,
    "character": str,
    "boolean": bool,
    "timestamp": datetime,
    "blob": object,
}


@cache
def checks(shape: Shape) -> list[tuple[str, Any]]:
    """Each constraint of one value, in the order in which AWS lists them."""
    kind = "value" if shape.type_name in _NUMBERS else "length"
    size = _number if kind == "value" else _length
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    allowed, pattern = getattr(shape, "enum", None), shape.metadata.get("pattern")
    found: list[tuple[str, Any]] = []
    if most is not None:
        what = f"Member must have {kind} less than or equal to {most}"
        found.append((what, lambda value: size(value) <= most))
    if least is not None:
        what = f"Member must have {kind} greater than or equal to {least}"
        found.append((what, lambda value: size(value) >= least))
    if pattern:
        what = f"Member must satisfy regular expression pattern: {pattern}"
        found.append((what, lambda value: _compiled(pattern).search(value) is not None))
    if allowed:
        what = f"Member must satisfy enum value set: [{', '.join(allowed)}]"
        found.append((what, lambda value: value in allowed))
    return found


def _number(value: float) -> float:
    return value


def _length(value: Any) -> int:  # noqa: ANN401
    """Code points, bytes, items or entries (Smithy, "length trait"); none of what streams."""
    return len(value) if hasattr(value, "__len__") else 0


@cache
def _compiled(pattern: str) -> regex.Pattern[str]:
    # Smithy's patterns match anywhere unless anchored; AWS's services demand a whole match, as
    # the recorded refusals of their unanchored patterns show (Lambda, EventBridge, STS, IAM).
    return regex.compile(rf"\A(?:{pattern.replace(_JAVA_ASTRAL, _ASTRAL)})\Z")
