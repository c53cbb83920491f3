"""SageMaker's own lineage writer: it sees jobs, packages and endpoints, and records them late."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from embedded_aws.clock import Clock
from embedded_aws.sagemaker.lineage.entities import Association, Entity, LineageArns
from embedded_aws.sagemaker.lineage.graph import Graph
from embedded_aws.sagemaker.lineage.job_facts import JobFacts
from embedded_aws.sagemaker.lineage.sketches import Sketcher

# How late AWS is, is not documented; the SageMaker SDK looks every 15 seconds for two minutes.
DELAY_SECONDS = 10.0

Described = Mapping[str, Any]


class AutomaticLineage:
    """Takes the outputs of Describe operations, writes what they tell some virtual seconds later.

    Nobody waits for it, so its timers only guard: a clock that jumps over them on its way to
    something else fires them, and nothing hurries on their account. What exists already, by
    whomever it was made, is left as it is.
    """

    def __init__(self, graph: Graph, arns: LineageArns, clock: Clock) -> None:
        self._graph = graph
        self._arns = arns
        self._clock = clock

    def job_ended(self, job: Described) -> None:
        """A training or processing job reached its final status."""
        self._later(lambda sketch: sketch.job(JobFacts.of(job)))

    def package_created(self, package: Described, group: Described) -> None:
        """A model package version was registered."""

        def draw(sketch: Sketcher) -> None:
            sketch.package(package, group)
            sketch.approval(package)

        self._later(draw)

    def approval_changed(self, package: Described) -> None:
        """A model package version was approved, rejected or put back to pending."""
        self._later(lambda sketch: sketch.approval(package))

    def endpoint_created(self, endpoint: Described, containers: Iterable[Described]) -> None:
        """An endpoint was created from models with these containers."""
        self._later(lambda sketch: sketch.deployment(endpoint, containers))

    def _later(self, draw: Callable[[Sketcher], None]) -> None:
        def write() -> None:
            sketch = Sketcher(self._arns, self._clock.now())
            draw(sketch)
            self._write(sketch)

        self._clock.call_later(DELAY_SECONDS, write)

    def _write(self, sketch: Sketcher) -> None:
        with self._graph.lock:
            for edge in sketch.edges:
                self._ensure(edge.source)
                self._ensure(edge.destination)
                source, destination = edge.source.arn, edge.destination.arn
                if self._graph.association(source, destination) is None:
                    self._graph.associate(
                        Association(source, destination, edge.type, sketch.now, automatic=True)
                    )

    def _ensure(self, entity: Entity) -> None:
        if self._graph.find(entity.arn) is None:
            self._graph.add(entity)
