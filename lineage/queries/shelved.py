"""A night as it lies on the shelf: each of its records, readable or not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lineage import names, whole
from lineage.model import Graph
from lineage.records.folder import Folder
from lineage.records.record import Record
from lineage.records.verification import Stored
from lineage.vocabulary import Stage


@dataclass(frozen=True)
class ShelvedNight:
    """All records of a night, by title."""

    folder: Folder
    stored: Mapping[str, Stored]

    @property
    def last(self) -> Record | None:
        """The record of the last stage, if there is one that can be read."""
        titles = [stage.lower() for stage in self.folder.stages[-1:]]
        return next(filter(None, map(self._records.get, titles)), None)

    @property
    def package_arns(self) -> list[str]:
        """The package that the night registered, if it did."""
        return [it.source_uri for it in whole.packages(self.last.graph)] if self.last else []

    @property
    def outcomes(self) -> list[Record]:
        """The records of how its deployments ended."""
        return [it for it in self._records.values() if it.stage is Stage.DEPLOYMENT_OUTCOME]

    @property
    def unfinished(self) -> list[Record]:
        """The records of deployments that started and have no outcome."""
        titles = self.folder.titles
        return [
            it
            for title, it in self._records.items()
            if it.stage is Stage.DEPLOYMENT and names.deployment_outcome(title) not in titles
        ]

    @property
    def longest(self) -> list[Record]:
        """The records that between them hold all that SageMaker's graph was told."""
        deployments = {names.deployment_of(title) for title in self.folder.deployments}
        titles = [(names.deployment_outcome(name), name) for name in sorted(deployments)]
        told = [next(filter(None, map(self._records.get, each)), None) for each in titles]
        return [it for it in told if it] or [it for it in (self.last,) if it]

    @property
    def graph(self) -> Graph:
        """All that its records tell of between them."""
        return together(each.record.graph for each in self.stored.values() if each.record)

    @property
    def is_told_of(self) -> bool:
        """Whether SageMaker's graph has reason to know it: a night may fail before it begins."""
        records = [each.record for each in self.stored.values()]
        return bool(self.folder.stages) or any(it.graph for it in records if it)

    @property
    def _records(self) -> dict[str, Record]:
        records = {title: each.record for title, each in self.stored.items()}
        return {title: it for title, it in records.items() if isinstance(it, Record)}


def together(graphs: Iterable[Graph]) -> Graph:
    """Whatever is in any: records that contradict each other still tell what there should be."""
    told = list(graphs)
    return Graph(
        {ref: entity for each in told for ref, entity in each.entities.items()},
        frozenset(edge for each in told for edge in each.associations),
    )
