"""Finds who approved a package that an operator brings back: the registry no longer tells it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from lineage.clients import S3
from lineage.model import Properties
from lineage.records.shelf import Shelf
from lineage.rollouts.rollout_facts import Rollout
from lineage.signature import APPROVAL, Signature
from lineage.vocabulary import ActionType, Trigger


def with_approval(s3: S3, bucket: str, started: Rollout) -> Rollout:
    """A rollback with the approval that took its package to the endpoint before.

    The operator's comment on the package hides it in the registry, which keeps the last change
    only. Of several approvals the latest counts; without one on record the rollback has none.
    """
    if started.trigger is not Trigger.ROLLBACK or started.approval:
        return started
    latest = max(_approved(s3, bucket, started), key=_started_at, default=None)
    return replace(started, approval=Signature.told_by(latest, APPROVAL)) if latest else started


def _approved(s3: S3, bucket: str, started: Rollout) -> Iterator[Properties]:
    """The approved rollouts on record that took the package to the endpoint before this one."""
    shelf = Shelf(s3, bucket)
    folder = shelf.folder(started.data_date, started.run_id)
    for record in shelf.read_what_reads(folder).deployments if folder else ():
        for deployment in record.graph.actions(ActionType.MODEL_DEPLOYMENT):
            told = deployment.properties
            is_here = told["EndpointName"] == started.endpoint_name
            is_earlier = _started_at(told) < datetime.fromisoformat(started.started_at)
            if told["Trigger"] == Trigger.APPROVAL and is_here and is_earlier and _stayed(told):
                yield told


def _stayed(told: Properties) -> bool:
    """Whether the rollout took its package to the endpoint, and left it there."""
    return "SwitchedAt" in told and "RestoredAt" not in told


def _started_at(told: Properties) -> datetime:
    return datetime.fromisoformat(told["StartedAt"])
