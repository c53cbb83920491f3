"""JSON values as Step Functions reads and writes them: compact, UTF-8, at most 256 KiB."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, TypeAlias

# A JSON value is whatever json.loads returns; the interpreter never changes one in place.
Json: TypeAlias = Any

MAX_PAYLOAD_BYTES = 262_144


def dumps(value: Json) -> str:
    """Compact JSON text, as it stands in histories and outputs."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def size_bytes(text: str) -> int:
    """Size of a payload's text by AWS's count (UTF-8)."""
    return len(text.encode())


def iso_instant(when: datetime) -> str:
    """``2026-11-01T02:00:00.123Z``, as context objects write instants."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def type_name(value: Json) -> str:
    """JSON's own name of a value's type, as error messages use it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"
