"""The registry as one part of SageMaker."""

from __future__ import annotations

from collections.abc import Mapping

from embedded_aws.environment import Environment
from embedded_aws.gateway.service import Operation
from embedded_aws.sagemaker.lineage.automatic import AutomaticLineage
from embedded_aws.sagemaker.registry.catalogue import Catalogue
from embedded_aws.sagemaker.registry.deeds import Deeds
from embedded_aws.sagemaker.registry.events import PackageEvents
from embedded_aws.sagemaker.registry.groups import Groups
from embedded_aws.sagemaker.registry.packages import Packages
from embedded_aws.sagemaker.registry.records import RegistryArns
from embedded_aws.sagemaker.tags import Tags


class Registry:
    """Model package groups and versions of one account and region."""

    def __init__(self, environment: Environment, tags: Tags, lineage: AutomaticLineage) -> None:
        self.catalogue = Catalogue(RegistryArns.of(environment.settings))
        deeds = Deeds(environment)
        self._families = (
            Groups(self.catalogue, deeds, tags),
            Packages(self.catalogue, deeds, PackageEvents(environment), lineage),
        )

    def operations(self) -> Mapping[str, Operation]:
        """The operations, by API name."""
        return {name: call for each in self._families for name, call in each.operations().items()}

    def close(self) -> None:
        """Nothing runs here."""
