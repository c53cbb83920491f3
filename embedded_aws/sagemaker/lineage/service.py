"""Lineage as one part of SageMaker: a graph, the operations on it, SageMaker's own entries."""

from __future__ import annotations

from collections.abc import Mapping

from embedded_aws.environment import Environment
from embedded_aws.gateway.service import Operation
from embedded_aws.sagemaker.lineage.artifacts import Artifacts
from embedded_aws.sagemaker.lineage.associations import Associations
from embedded_aws.sagemaker.lineage.automatic import AutomaticLineage
from embedded_aws.sagemaker.lineage.entities import Kind, LineageArns
from embedded_aws.sagemaker.lineage.graph import Graph
from embedded_aws.sagemaker.lineage.named import NamedEntities
from embedded_aws.sagemaker.lineage.query import LineageQuery
from embedded_aws.sagemaker.lineage.store import Store
from embedded_aws.sagemaker.lineage.trial_components import TrialComponents
from embedded_aws.sagemaker.tags import Tags


class Lineage:
    """The lineage API of one account and region; ``automatic`` is SageMaker's own writer.

    Not supported: experiments and trials, creating trial components by hand, lineage
    groups shared between accounts.
    """

    def __init__(self, environment: Environment, tags: Tags) -> None:
        self.graph = Graph(environment.settings.lineage_quotas)
        self.arns = LineageArns.of(environment.settings)
        store = Store(self.graph, self.arns, environment.clock, tags)
        self.automatic = AutomaticLineage(self.graph, self.arns, environment.clock)
        self._families = (
            Artifacts(store),
            NamedEntities(Kind.ACTION, store),
            NamedEntities(Kind.CONTEXT, store),
            Associations(self.graph, environment.clock),
            LineageQuery(self.graph),
            TrialComponents(store),
        )

    def operations(self) -> Mapping[str, Operation]:
        """The operations, by API name."""
        return {name: call for each in self._families for name, call in each.operations().items()}

    def close(self) -> None:
        """Nothing runs here."""
