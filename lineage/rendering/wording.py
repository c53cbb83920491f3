"""Words for the values of documents: names of keys, sizes, durations, numbers; the same in all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

Facts = Mapping[str, str]
"""What to call a fact, and its value."""

_UNITS = ("B", "kB", "MB", "GB", "TB")
_WORD = re.compile(r"Sha256|[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])|[^A-Za-z0-9]+")
_SPELLED = {
    "auc": "AUC",
    "uri": "URI",
    "arn": "ARN",
    "sha256": "SHA-256",
    "id": "ID",
    "bytes": "size",
}


UNTOLD = "an instant that the switch log does not tell"
"""Until when a rollout served that the switch log has lost, or not heard of yet."""


def named(key: str) -> str:
    """A document's key in words: `AucLower` is "AUC lower"."""
    words = [_SPELLED.get(word.lower(), word.lower()) for word in _WORD.findall(key)]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def valued(value: object) -> str:
    """A scalar or a list of scalars as people write it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.4f}"
    if isinstance(value, list):
        return ", ".join(map(valued, value))
    return str(value)


def counted(number: int, one: str, several: str = "") -> str:
    """So many of something: `1 night`, `2 nights`."""
    return f"{number:,} {one if number == 1 else several or f'{one}s'}"


def facts(document: Mapping[str, Any]) -> Facts:
    """The values of a document that are no documents themselves."""
    return {
        named(key): size(value) if key == "Bytes" else valued(value)
        for key, value in document.items()
        if not isinstance(value, Mapping)
    }


def outcome(deployment: Mapping[str, Any]) -> str:
    """How a rollout ended, or that it runs."""
    return named(deployment.get("Outcome", deployment["Status"]))


def approved(deployment: Mapping[str, Any]) -> str:
    """Who approved the package of a rollout, and who brought it back."""
    approval, rollback = deployment.get("Approval"), deployment.get("Rollback")
    told = signed(approval) if approval else "by nobody"
    return f"{told}; rolled back {signed(rollback)}" if rollback else told


def signed(signature: Mapping[str, Any]) -> str:
    """Who approved something or rolled it back, when, and with which comment."""
    comment = signature.get("Comment")
    return f"by {signature['By']} at {signature['At']}" + (f": {comment}" if comment else "")


def duration(job: Mapping[str, Any]) -> str:
    """How long a job ran."""
    started, ended = (datetime.fromisoformat(job[key]) for key in ("StartedAt", "EndedAt"))
    minutes, seconds = divmod(round((ended - started).total_seconds()), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def size(size_bytes: int) -> str:
    """A number of bytes with an SI prefix."""
    shown, unit = float(size_bytes), 0
    while shown >= 1000 and unit < len(_UNITS) - 1:  # noqa: PLR2004  # SI prefixes
        shown, unit = shown / 1000, unit + 1
    return f"{shown:.3g} {_UNITS[unit]}"
