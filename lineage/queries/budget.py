"""How much of an account's lineage quotas the nights on record use, and how long that lasts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lineage.model import Action, Artifact, Association, Context, Graph
from lineage.records.shelf import RecordedNight

SCHEMA_VERSION = 1
LIMITS: Mapping[str, int] = {
    "Actions": 3_000,
    "Artifacts": 6_000,
    "Associations": 6_000,
    "Contexts": 500,
}
"""Entities made by hand, per account and region (guide, "Manually Create Tracking Entities")."""

# A workflow, a group and an endpoint have one context, for all nights.
_NIGHTLY = ("Actions", "Artifacts", "Associations")
_RECENT_NIGHTS = 30
_KINDS = {"Actions": Action, "Artifacts": Artifact, "Contexts": Context}


def budget(nights: Sequence[RecordedNight]) -> dict[str, Any]:
    """The room that nights take in SageMaker's graph, as a document by schema/budget.json.

    What SageMaker made by itself and we adopted has no quota; it is counted all the same, so that
    the figure is never too small. What others made in the account is not known here.

    Args:
        nights: Those that are not pruned, oldest first.
    """
    used = usage(night.graph for night in nights)
    recent = max(1, min(_RECENT_NIGHTS, len(nights)))
    before = usage(night.graph for night in nights[:-recent])
    a_night = {kind: (used[kind] - before[kind]) / recent for kind in LIMITS}
    left = [(LIMITS[kind] - used[kind]) / a_night[kind] for kind in _NIGHTLY if a_night[kind]]
    unreadable = [uri for night in nights for uri in night.unreadable]
    return {
        "SchemaVersion": SCHEMA_VERSION,
        "Nights": len(nights),
        "UsedByOthers": "Unknown",
        "Quotas": {
            kind: {"Used": used[kind], "Limit": limit, "PerNight": round(a_night[kind], 2)}
            for kind, limit in LIMITS.items()
        },
        "PercentUsed": round(max(100 * used[kind] / LIMITS[kind] for kind in LIMITS), 1),
        **({"NightsLeft": max(0, int(min(left)))} if left else {}),
        **({"Unreadable": unreadable} if unreadable else {}),
    }


def usage(graphs: Iterable[Graph]) -> dict[str, int]:
    """How many entities and associations there are in graphs that may share some."""
    refs: dict[str, set[str]] = {kind: set() for kind in _KINDS}
    associations: set[Association] = set()
    for graph in graphs:
        associations |= graph.associations
        for kind, entity_class in _KINDS.items():
            refs[kind] |= {
                ref for ref, it in graph.entities.items() if isinstance(it, entity_class)
            }
    return {kind: len(refs.get(kind, associations)) for kind in LIMITS}
