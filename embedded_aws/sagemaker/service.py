"""SageMaker as one service: the operations of its parts, each a package of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from embedded_aws.environment import Environment
from embedded_aws.gateway.service import Operation
from embedded_aws.sagemaker.endpoints.service import Hosting
from embedded_aws.sagemaker.jobs.part import Jobs
from embedded_aws.sagemaker.lineage.service import Lineage
from embedded_aws.sagemaker.registry.service import Registry
from embedded_aws.sagemaker.tags import Tags


class Part(Protocol):
    """A family of operations that keeps its own state."""

    def operations(self) -> Mapping[str, Operation]:
        """The operations of this family, by API name."""
        ...

    def close(self) -> None:
        """End every thread and child process of this family."""
        ...


class SageMaker:
    """The parts share tags, which AWS keeps by ARN whatever the resource is, and tell lineage."""

    name = "sagemaker"

    def __init__(self, environment: Environment) -> None:
        tags = Tags()
        self.lineage = Lineage(environment, tags)
        automatic = self.lineage.automatic
        registry = Registry(environment, tags, automatic)
        self.hosting = Hosting(environment, tags, registry.catalogue, automatic)
        self._parts: tuple[Part, ...] = (
            tags,
            self.lineage,
            Jobs(environment, tags, automatic.job_ended),
            registry,
            self.hosting,
        )

    def operations(self) -> Mapping[str, Operation]:
        """Every operation of every part."""
        return {name: call for part in self._parts for name, call in part.operations().items()}

    def close(self) -> None:
        """Close the parts, the last one first."""
        for part in reversed(self._parts):
            part.close()
