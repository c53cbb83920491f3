"""The record of a night's failure: what stopped it, also where no stage came as far as a record."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any, Self

from lineage import entities, names, schema
from lineage.facts import Document, Failure, Night
from lineage.model import Graph
from lineage.records.lock import RetentionLock
from lineage.vocabulary import Status

SCHEMA_VERSION = 1
_LONGEST_CAUSE = 1_000
# An action has room for 30 properties (API reference, CreateAction), and the rest of the night's
# takes up to 22 of them; the records have all failures.
_MOST_NOTED = 8


@dataclass(frozen=True)
class FailureRecord:
    """How an execution of a night, or one of its redrives, ended without success."""

    uri: str
    failure: Failure

    @property
    def text(self) -> str:
        """The document as it is stored, by schema/failure.json; equal failures, equal texts."""
        return (
            json.dumps(_document(self.failure), sort_keys=True, indent=2, ensure_ascii=False) + "\n"
        )

    @property
    def sha256(self) -> str:
        """The digest of the stored object, as `sha256sum` prints it."""
        return names.sha256(self.text)

    @property
    def night(self) -> Document:
        """The night document, or as much of it as the execution tells."""
        return self.failure.night or _document(self.failure)

    @property
    def lock(self) -> RetentionLock | None:
        """The lock that the night's stack asks for, counted from the failure on."""
        lock = RetentionLock.parse(self.night)
        return replace(lock, since=self.failure.ended_at) if lock else None

    @property
    def graph(self) -> Graph:
        """The night's action, failed, with this record's digest; nothing of an unknown night."""
        failure = self.failure
        if failure.night is None or failure.redrive_count >= _MOST_NOTED:
            return Graph()
        told = {names.failure_property(failure.redrive_count): self._noted(failure.cause)}
        return Graph.of(entities.retrain(Night.parse(failure.night), Status.FAILED, told))

    def for_index(self) -> Graph:
        """What SageMaker's graph is to hold of it: all of its graph."""
        return self.graph

    def _noted(self, cause: str) -> str:
        """What the night's action tells of it: of the cause as much as fits, escapes included."""
        failure = self.failure
        noted = {
            "Status": failure.status,
            "Step": failure.step,
            "Error": failure.error,
            "Cause": " ".join(cause[:_LONGEST_CAUSE].splitlines()),
            "EndedAt": failure.ended_at,
            "RecordSha256": self.sha256,
        }
        text = names.canonical_json(noted)
        is_told = names.is_property_value(text) or not cause
        return text if is_told else self._noted(cause[: min(len(cause), _LONGEST_CAUSE) // 2])

    @classmethod
    def parse(cls, uri: str, text: str) -> Self:
        """Read a stored record.

        Raises:
            InvalidDocument: it is not one by schema/failure.json.
        """
        document = schema.read_json(uri, text)
        schema.require_valid(document, "failure")
        return cls(uri, _failure(document))


def _document(failure: Failure) -> dict[str, Any]:
    return {
        "SchemaVersion": SCHEMA_VERSION,
        "RunId": failure.run_id,
        "DataDate": failure.data_date,
        "ExecutionArn": failure.execution_arn,
        "Workflow": failure.workflow,
        "RedriveCount": failure.redrive_count,
        "Status": failure.status,
        "Step": failure.step,
        "Error": failure.error,
        "Cause": failure.cause,
        "EndedAt": failure.ended_at,
        **({"Night": failure.night} if failure.night else {}),
    }


def _failure(document: Document) -> Failure:
    return Failure(
        run_id=document["RunId"],
        data_date=document["DataDate"],
        execution_arn=document["ExecutionArn"],
        workflow=document["Workflow"],
        redrive_count=document["RedriveCount"],
        status=document["Status"],
        step=document["Step"],
        error=document["Error"],
        cause=document["Cause"],
        ended_at=document["EndedAt"],
        night=document.get("Night"),
    )
