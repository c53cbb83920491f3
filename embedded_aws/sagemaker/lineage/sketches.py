"""What SageMaker writes into the lineage graph by itself; pure.

Shapes and names: guide "SageMaker-created tracking entities", DataHub's recorded responses,
the lineage table of "Data Science on AWS", chapter 10. Identity is the literal URI of the
Create request, without SourceTypes: whoever uses the same string meets the same artifact.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from embedded_aws.sagemaker.lineage.entities import Entity, Kind, LineageArns
from embedded_aws.sagemaker.lineage.job_facts import JobFacts

CONTRIBUTED_TO = "ContributedTo"
PRODUCED = "Produced"
ASSOCIATED_WITH = "AssociatedWith"

Described = Mapping[str, Any]


@dataclass(frozen=True)
class Edge:
    """An association that is wanted between two entities of a sketch."""

    source: Entity
    destination: Entity
    type: str


@dataclass
class Sketcher:
    """Draws entities as of one instant; ``edges`` collects how they hang together."""

    arns: LineageArns
    now: datetime
    edges: list[Edge] = field(default_factory=list)

    def job(self, job: JobFacts) -> None:
        """A trial component between the job's inputs and what it made."""
        component = self._trial_component(job)
        self._join(self._artifact("Image", job.image_uri), component, CONTRIBUTED_TO)
        for uri in job.input_uris:
            self._join(self._artifact("DataSet", uri), component, CONTRIBUTED_TO)
        for uri in job.output_uris:
            self._join(component, self._artifact("DataSet", uri), PRODUCED)
        for uri in job.model_uris:
            self._join(component, self._artifact("Model", uri), PRODUCED)

    def package(self, package: Described, group: Described) -> None:
        """A package version's artifact, fed by model and image, in its group's context."""
        artifact = self._artifact("Model", package["ModelPackageArn"])
        self._feed(artifact, package.get("InferenceSpecification", {}).get("Containers", ()))
        context = self._named(
            Kind.CONTEXT,
            f"{group['ModelPackageGroupName']}-aws-model-group",
            "ModelGroup",
            group["ModelPackageGroupArn"],
            group["CreationTime"],
        )
        self._join(artifact, context, ASSOCIATED_WITH)

    def approval(self, package: Described) -> None:
        """An action for each approval status that a package version takes."""
        when: datetime = package["LastModifiedTime"]
        name = (
            f"{package['ModelPackageGroupName']}-{package['ModelPackageVersion']}"
            f"-{package['ModelApprovalStatus']}-{when.timestamp():.0f}-aws-model-group"
        )
        arn = package["ModelPackageArn"]
        action = self._named(Kind.ACTION, name, "Approval", arn, when, Status="Completed")
        self._join(action, self._artifact("Model", arn), CONTRIBUTED_TO)

    def deployment(self, endpoint: Described, containers: Iterable[Described]) -> None:
        """An action that brings models to an endpoint's context."""
        name = f"{endpoint['EndpointName']}-aws-endpoint"
        origin = endpoint["EndpointArn"], endpoint["CreationTime"]
        action = self._named(Kind.ACTION, name, "ModelDeployment", *origin, Status="Completed")
        context = self._named(Kind.CONTEXT, name, "Endpoint", *origin)
        self._feed(action, containers)
        self._join(action, context, ASSOCIATED_WITH)

    def _feed(self, destination: Entity, containers: Iterable[Described]) -> None:
        members = (("Image", "Image"), ("Model", "ModelDataUrl"), ("Model", "ModelPackageName"))
        for container in containers:
            for artifact_type, member in members:
                if member in container:
                    artifact = self._artifact(artifact_type, container[member])
                    self._join(artifact, destination, CONTRIBUTED_TO)

    def _join(self, source: Entity, destination: Entity, association_type: str) -> None:
        self.edges.append(Edge(source, destination, association_type))

    def _artifact(self, artifact_type: str, uri: str) -> Entity:
        arn, source = self.arns.artifact(uri), {"SourceUri": uri}
        return self._entity(arn, Kind.ARTIFACT, None, artifact_type, source)

    def _named(
        self,
        kind: Kind,
        name: str,
        entity_type: str,
        source_arn: str,
        created_at: datetime,
        **details: str,
    ) -> Entity:
        source = {
            "SourceUri": source_arn,
            "SourceType": "ARN",
            "SourceId": created_at.strftime("%a %b %d %H:%M:%S UTC %Y"),
        }
        arn = self.arns.named(kind, name)
        return self._entity(arn, kind, name, entity_type, source, details)

    def _trial_component(self, job: JobFacts) -> Entity:
        name = f"{job.name}-aws-{job.resource}"
        source = {"SourceArn": job.arn, "SourceType": job.source_type}
        arn = self.arns.named(Kind.TRIAL_COMPONENT, name)
        details = {"DisplayName": name, **job.details}
        return self._entity(arn, Kind.TRIAL_COMPONENT, name, job.source_type, source, details)

    def _entity(
        self,
        arn: str,
        kind: Kind,
        name: str | None,
        entity_type: str,
        source: Mapping[str, Any],
        details: Mapping[str, Any] | None = None,
    ) -> Entity:
        return Entity(
            arn=arn,
            kind=kind,
            name=name,
            type=entity_type,
            source=source,
            created_at=self.now,
            modified_at=self.now,
            automatic=True,
            details=details or {},
        )
