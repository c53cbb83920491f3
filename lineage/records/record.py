"""The record: a night's lineage so far as one JSON document; SageMaker's graph is its index.

Records stay for ever and are never rewritten, so whoever changes schema/record.json in a way that
the reader below does not take raises the version, and adds a pure function from the previous
version's document to the new one's. A reader refuses what is newer than itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

from lineage import names, schema
from lineage.errors import InvalidDocument, RecordTooNew
from lineage.facts import Document
from lineage.model import Action, Artifact, Association, Context, Entity, Graph
from lineage.vocabulary import ActionType, AssociationType, Decision, Stage, Status

SCHEMA_VERSION = 1
_DIGEST_OF_RECORDED_VALUE = re.compile(r"sha256:[0-9a-f]{64} s3://\S+/")


@dataclass(frozen=True)
class Record:
    """The lineage of a night up to a stage, and the night document that it belongs to."""

    uri: str
    stage: Stage
    night: Document
    graph: Graph

    @cached_property
    def text(self) -> str:
        """The document as it is stored; equal records have equal texts."""
        document = {
            "SchemaVersion": SCHEMA_VERSION,
            "Stage": self.stage,
            "Night": self.night,
            "Graph": _graph_document(self.graph),
        }
        return json.dumps(document, sort_keys=True, indent=2, ensure_ascii=False) + "\n"

    @cached_property
    def sha256(self) -> str:
        """The digest of the stored object, as `sha256sum` prints it."""
        return names.sha256(self.text)

    @property
    def training_metrics(self) -> Mapping[str, float]:
        """The final metrics of the training job, from the stage Training on."""
        (job,) = self.graph.actions(ActionType.TRAINING_JOB)
        metrics: Mapping[str, float] = json.loads(job.properties["Metrics"])
        return metrics

    @property
    def decision(self) -> Decision | None:
        """What the gate decided; None before the stage Evaluation."""
        (night,) = self.graph.actions(ActionType.NIGHTLY_RETRAIN)
        decided = night.properties.get("Decision")
        return Decision(decided) if decided else None

    @classmethod
    def parse(cls, uri: str, text: str) -> Self:
        """Read a stored record.

        It was checked against its schema when it was written. A question about ten years reads
        thousands, so here the schema only says what is wrong with one that does not read.

        Raises:
            RecordTooNew: a later version of this project wrote it.
            InvalidDocument: it does not read, and is not one by schema/record.json.
        """
        document = schema.read_json(uri, text)
        try:
            _require_known_version(uri, document)
            graph = _parse_graph(document["Graph"])
            return cls(uri, Stage(document["Stage"]), document["Night"], graph)
        except (AttributeError, KeyError, TypeError, ValueError) as wrong:
            schema.require_valid(document, "record")
            raise InvalidDocument(f"{uri} does not read as a record: {wrong!r}") from wrong

    def require_valid(self) -> None:
        """Check the document that is to be stored.

        Raises:
            InvalidDocument: it is not one by schema/record.json.
        """
        schema.require_valid(json.loads(self.text), "record")

    def noted(self) -> Graph:
        """The graph with this record's digest on it: a record that changes later shows.

        The next record extends this graph, so each bears the digests of all that came before.
        """
        of = ActionType.MODEL_DEPLOYMENT if self.stage.is_of_rollout else ActionType.NIGHTLY_RETRAIN
        noted = {
            action.ref: replace(
                action,
                properties={**action.properties, f"{self.stage}RecordSha256": self.sha256},
            )
            for action in self.graph.actions(of)
        }
        return Graph({**self.graph.entities, **noted}, self.graph.associations)

    def for_index(self) -> Graph:
        """The noted graph as SageMaker can hold it: other values by their digest and where to look.

        Where to look is the night's folder, which is the same at every stage.
        """
        # Training adds nothing else to the night's own action: to note it would take two calls
        # more, and the evaluation notes it with its own.
        noted = self.graph if self.stage is Stage.TRAINING else self.noted()
        return Graph(
            {ref: self._fitted(entity) for ref, entity in noted.entities.items()},
            noted.associations,
        )

    def _fitted(self, entity: Entity) -> Entity:
        properties = {
            key: f"sha256:{names.sha256(value)} {self.night['RecordUri']}"
            if not names.is_property_value(value)
            else value
            for key, value in entity.properties.items()
        }
        return replace(entity, properties=properties)


def restored(graph: Graph, recorded: Graph) -> Graph:
    """A graph out of SageMaker with the values that only the records hold in full.

    What no record tells of stays as it is: others may have described an entity of ours, or theirs.
    """
    return Graph(
        {ref: _restored(entity, recorded) for ref, entity in graph.entities.items()},
        graph.associations,
    )


def _restored(entity: Entity, recorded: Graph) -> Entity:
    told = recorded.entities[entity.ref].properties if entity.ref in recorded.entities else {}
    properties = {
        key: told.get(key, value) if is_digest(value) else value
        for key, value in entity.properties.items()
    }
    return replace(entity, properties=properties)


def is_digest(value: str) -> bool:
    """Whether a property's value in SageMaker only stands for another one in the record."""
    return _DIGEST_OF_RECORDED_VALUE.fullmatch(value) is not None


def _require_known_version(uri: str, document: Document) -> None:
    version = document["SchemaVersion"]
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise RecordTooNew(
            f"{uri} has SchemaVersion {version}, and this reader knows {SCHEMA_VERSION} at most:"
            " ask a stack that is deployed from the version that wrote it, or a later one"
        )
    if version != SCHEMA_VERSION:
        raise ValueError(f"SchemaVersion {version!r} of {uri} never was")


def _graph_document(graph: Graph) -> dict[str, Any]:
    entities = [graph.entities[ref] for ref in sorted(graph.entities)]
    return {
        "Artifacts": [_entity_document(each) for each in entities if isinstance(each, Artifact)],
        "Actions": [
            {**_entity_document(each), "Status": each.status}
            for each in entities
            if isinstance(each, Action)
        ],
        "Contexts": [_entity_document(each) for each in entities if isinstance(each, Context)],
        "Associations": [
            {"Source": edge.source, "Destination": edge.destination, "Type": edge.type}
            for edge in sorted(graph.associations)
        ],
    }


def _entity_document(entity: Entity) -> dict[str, Any]:
    return {
        "Name": entity.name,
        "Type": entity.type,
        "SourceUri": entity.source_uri,
        "Properties": dict(entity.properties),
    }


def _parse_graph(document: Mapping[str, Any]) -> Graph:
    def common(entity: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "name": entity["Name"],
            "type": entity["Type"],
            "source_uri": entity["SourceUri"],
            "properties": entity["Properties"],
        }

    return Graph.of(
        *(Artifact(**common(each)) for each in document["Artifacts"]),
        *(Action(**common(each), status=Status(each["Status"])) for each in document["Actions"]),
        *(Context(**common(each)) for each in document["Contexts"]),
        associations=(
            Association(each["Source"], each["Destination"], AssociationType(each["Type"]))
            for each in document["Associations"]
        ),
    )
