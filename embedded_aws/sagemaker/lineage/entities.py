"""The values of a lineage graph: entities, and the associations that join two of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from embedded_aws.settings import Settings


class Kind(StrEnum):
    """QueryLineage's lineage types; also the stem of each kind's API members."""

    ARTIFACT = "Artifact"
    ACTION = "Action"
    CONTEXT = "Context"
    TRIAL_COMPONENT = "TrialComponent"


_KIND_OF_RESOURCE = {
    "artifact": Kind.ARTIFACT,
    "action": Kind.ACTION,
    "context": Kind.CONTEXT,
    "experiment-trial-component": Kind.TRIAL_COMPONENT,
}
_NOTHING: Mapping[str, Any] = MappingProxyType({})
_RESOURCE_OF_KIND = {kind: resource for resource, kind in _KIND_OF_RESOURCE.items()}


@dataclass(frozen=True, slots=True)
class Entity:
    """One vertex.

    Attributes:
        name: Absent on most artifacts.
        type: What ListAssociations calls it: ``DataSet``, ``Approval``, ``SageMakerTrainingJob``.
        source: The API's Source structure.
        automatic: Created by SageMaker itself, and so outside the quotas.
        details: Further members of the Describe operation, verbatim.
    """

    arn: str
    kind: Kind
    name: str | None
    type: str
    source: Mapping[str, Any]
    created_at: datetime
    modified_at: datetime
    automatic: bool = False
    properties: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    details: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)

    @property
    def source_uri(self) -> str:
        """The URI, or ARN, of the thing that the entity stands for."""
        uri: str = self.source.get("SourceUri") or self.source["SourceArn"]
        return uri

    @property
    def vertex_type(self) -> str:
        """What QueryLineage calls the type: ``TrainingJob``, not ``SageMakerTrainingJob``."""
        return self.type.removeprefix("SageMaker")


@dataclass(frozen=True, slots=True)
class Association:
    """One directed edge; there is at most one for a pair of entities."""

    source_arn: str
    destination_arn: str
    type: str | None
    created_at: datetime
    automatic: bool = False


@dataclass(frozen=True)
class LineageArns:
    """ARNs of the lineage entities of one account and region."""

    prefix: str

    @classmethod
    def of(cls, settings: Settings) -> LineageArns:
        """The ARNs of an instance's account and region."""
        return cls(f"arn:aws:sagemaker:{settings.region}:{settings.account_id}:")

    def artifact(self, source_uri: str, source_types: Sequence[Mapping[str, str]] = ()) -> str:
        """An artifact's ARN: its id is a hash of its source.

        What exactly AWS hashes is not documented. The same source has the same id in any
        account (the SageMaker SDK relies on it), and other SourceTypes make another artifact;
        that the ArtifactType does not count is an assumption.
        """
        types = sorted((each["SourceIdType"], each["Value"]) for each in source_types)
        digest = hashlib.sha256(json.dumps([source_uri, types]).encode()).hexdigest()
        return f"{self.prefix}artifact/{digest[:32]}"

    def named(self, kind: Kind, name: str) -> str:
        """The ARN of an action, context or trial component: SageMaker lower-cases names in ARNs."""
        return f"{self.prefix}{_RESOURCE_OF_KIND[kind]}/{name.lower()}"

    def named_or_arn(self, kind: Kind, name_or_arn: str) -> str:
        """The ARN that a parameter means which takes a name as well as an ARN."""
        if name_or_arn.startswith("arn:"):
            return name_or_arn
        return self.named(kind, name_or_arn)

    @property
    def default_group(self) -> str:
        """The account's lineage group, which every entity belongs to."""
        return f"{self.prefix}lineage-group/sagemaker-default-lineage-group"


def kind_of(arn: str) -> Kind | None:
    """What an ARN stands for; nothing for experiments and what is no lineage entity."""
    return _KIND_OF_RESOURCE.get(arn.split(":", 5)[-1].split("/", 1)[0])
