"""What a user of the SageMaker Python SDK 2 asks of a recorded night, by ``sagemaker.lineage``.

Runs under the interpreter that has the SDK: takes a package, its source data and its endpoint, and
writes the answers to standard output, as JSON.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from sagemaker.lineage.action import Action, ModelPackageApprovalAction
from sagemaker.lineage.artifact import Artifact, DatasetArtifact, ModelArtifact
from sagemaker.lineage.association import Association
from sagemaker.lineage.context import Context, EndpointContext
from sagemaker.lineage.query import (
    LineageEntityEnum,
    LineageFilter,
    LineageQuery,
    LineageQueryDirectionEnum,
    LineageSourceEnum,
)
from sagemaker.lineage.visualizer import LineageTableVisualizer
from sagemaker.session import Session

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "lineage.md"
ASCENDANTS = LineageQueryDirectionEnum.ASCENDANTS
Seen = dict[str, Any]


class Auditor:
    """Asks about one package; an answer names things by URI, or by name where that says more."""

    def __init__(self, package_arn: str, endpoint_arn: str, session: Session) -> None:
        self.within = {"sagemaker_session": session}
        self.query = LineageQuery(session)
        self.table = LineageTableVisualizer(session)
        self.endpoint_arn = endpoint_arn
        (found,) = Artifact.list(source_uri=package_arn, **self.within)
        self.package = ModelArtifact.load(found.artifact_arn, **self.within)

    def asks(self) -> Seen:
        """Everything, in order."""
        return {
            "package": self.of_the_package(),
            "actions": self.of_the_actions(),
            "source": self.of_the_source(),
            "endpoint": self.of_the_endpoint(),
            "approvals": self.of_the_approvals(),
            "tables": self.tables(),
            "documented": self.as_documented(),
        }

    def of_the_package(self) -> Seen:
        """Where it came from, and where it went."""
        return {
            "properties": self.package.properties,
            "datasets": self._uris(self.package.dataset_artifacts()),
            "endpoints": [it.context_name for it in self.package.endpoint_contexts()],
            "training_jobs": self.package.training_job_arns(),
            "associated": [
                it.association_type
                for it in Association.list(destination_arn=self.package.artifact_arn, **self.within)
            ],
        }

    def of_the_actions(self) -> Seen:
        """What was done, found by the types of the graph's own actions."""
        found = self._ascending(
            entities=[LineageEntityEnum.ACTION],
            sources=[
                LineageSourceEnum.PROCESSING_JOB,
                LineageSourceEnum.TRAINING_JOB,
                "Evaluation",
                "NightlyRetrain",
            ],
        )
        actions = {it.action_type: it for it in found if isinstance(it, Action)}
        return {
            kind: {
                "source": action.source.source_uri,
                "status": action.status,
                "properties": action.properties,
                "artifacts": self._uris(action.artifacts(ASCENDANTS)),
            }
            for kind, action in actions.items()
        }

    def of_the_source(self) -> Seen:
        """What became of the oldest data, and of nothing else."""
        (found,) = self._ascending(
            entities=[LineageEntityEnum.ARTIFACT],
            sources=[LineageSourceEnum.DATASET],
            properties={"LastPartition": "2026-11-21"},
        )
        source = DatasetArtifact.load(found.artifact_arn, **self.within)
        return {
            "uri": source.source.source_uri,
            "downstream": self._uris(source.downstream_datasets()),
            "upstream": self._uris(source.upstream_datasets()),
            "endpoints": [it.context_name for it in source.endpoint_contexts()],
        }

    def of_the_endpoint(self) -> Seen:
        """What served, from the endpoint's side."""
        (found,) = Context.list(source_uri=self.endpoint_arn, **self.within)
        endpoint = EndpointContext.load(found.context_name, **self.within)
        packages = self._ascending(
            start=endpoint.context_arn,
            entities=[LineageEntityEnum.ARTIFACT],
            sources=[LineageSourceEnum.MODEL],
        )
        return {
            "type": endpoint.context_type,
            "datasets": self._uris(endpoint.dataset_artifacts()),
            "models": self._uris(packages),
            "training_jobs": endpoint.training_job_arns(),
            "processing_jobs": [it.trial_component_name for it in endpoint.processing_jobs()],
            "deployments": [it.action_type for it in endpoint.actions(ASCENDANTS)],
        }

    def of_the_approvals(self) -> Seen:
        """Where each approval of the package let it go."""
        found = self._ascending(
            entities=[LineageEntityEnum.ACTION], sources=[LineageSourceEnum.APPROVAL]
        )
        approvals = [ModelPackageApprovalAction.load(it.action_name, **self.within) for it in found]
        return {
            each.action_name: [it.context_name for it in each.endpoints()] for each in approvals
        }

    def tables(self) -> Seen:
        """What the visualizer shows around a package, an endpoint, and each of the jobs."""
        shown = {
            "package": self.table.show(model_package_arn=self.package.source.source_uri),
            "endpoint": self.table.show(endpoint_arn=self.endpoint_arn),
        }
        for action in self._ascending(entities=[LineageEntityEnum.ACTION]):
            shown[action.action_type] = self.table.show(actions_arn=action.action_arn)
        columns = ["Direction", "Type", "Association Type", "Lineage Type"]
        return {
            name: [list(row) for row in sorted(table[columns].itertuples(index=False))]
            for name, table in shown.items()
        }

    def as_documented(self) -> list[str]:
        """The data sets that the documentation's snippet finds, which is run as it stands."""
        names = {"package_arn": self.package.source.source_uri}
        (snippet,) = re.findall(r"```python\n(.*?)```", DOCUMENTATION.read_text(), re.DOTALL)
        exec(snippet, names)  # noqa: S102  # our own
        return self._uris(names["package"].dataset_artifacts())

    def _ascending(self, start: str | None = None, **wanted: Any) -> list[Any]:
        found = self.query.query(
            [start or self.package.artifact_arn],
            ASCENDANTS,
            include_edges=False,
            query_filter=LineageFilter(**wanted),
        )
        return [vertex.to_lineage_object() for vertex in found.vertices]

    def _uris(self, artifacts: list[Any]) -> list[str]:
        return sorted(it.source.source_uri for it in artifacts)


def main(nights: list[str]) -> None:
    """Ask about each night that is given as a package's and an endpoint's ARN."""
    session = Session(default_bucket="fraud")
    seen = [
        Auditor(package_arn, endpoint_arn, session).asks()
        for package_arn, endpoint_arn in (night.split(",") for night in nights)
    ]
    sys.stdout.write(f"\n{json.dumps(seen, default=str)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
