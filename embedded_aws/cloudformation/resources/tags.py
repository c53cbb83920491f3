"""Tags: CloudFormation gives the whole set, most APIs want what to add and what to remove."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class TagChange:
    """How to get from one set of tags to another."""

    added: Mapping[str, str]
    removed: list[str]


def as_map(tags: Any) -> dict[str, str]:  # noqa: ANN401  # a list of Key and Value, a map or None
    """Tags by key, from either of CloudFormation's two forms."""
    if isinstance(tags, dict):
        return dict(tags)
    return {tag["Key"]: tag["Value"] for tag in tags or []}


def as_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as a list of ``Key`` and ``Value``."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def change(old: Mapping[str, Any], new: Mapping[str, Any]) -> TagChange:
    """What to add and remove so that the ``Tags`` of ``old`` become those of ``new``."""
    before, after = as_map(old.get("Tags")), as_map(new.get("Tags"))
    added = {key: value for key, value in after.items() if before.get(key) != value}
    return TagChange(added, sorted(before.keys() - after.keys()))
