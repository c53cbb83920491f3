"""Layers: versions of shared archives that functions find under ``/opt`` on AWS."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from embedded_aws.awslambda.configuration import UsedLayer
from embedded_aws.awslambda.errors import invalid_parameter, not_found, refuse_others
from embedded_aws.awslambda.functions import timestamp
from embedded_aws.awslambda.names import Names
from embedded_aws.awslambda.packages import Package, PackageStore
from embedded_aws.awslambda.paging import page
from embedded_aws.clock import Clock
from embedded_aws.gateway.service import Operation, Parameters, RequestContext, Result

_MAX_LAYERS = 5
_KEPT = ("Description", "CompatibleRuntimes", "CompatibleArchitectures", "LicenseInfo")


@dataclass(frozen=True)
class LayerVersion:
    """One published version of a layer."""

    name: str
    number: int
    package: Package
    description: Mapping[str, Any]


class Layers:
    """The layers of an instance and their operations."""

    def __init__(self, names: Names, packages: PackageStore, clock: Clock) -> None:
        self._names = names
        self._packages = packages
        self._clock = clock
        self._lock = threading.Lock()
        self._versions: dict[str, dict[int, LayerVersion]] = {}
        self._published: dict[str, int] = {}

    def operations(self) -> Mapping[str, Operation]:
        """What callers may ask."""
        return {
            "PublishLayerVersion": self.publish_layer_version,
            "GetLayerVersion": self.get_layer_version,
            "GetLayerVersionByArn": self.get_layer_version_by_arn,
            "DeleteLayerVersion": self.delete_layer_version,
            "ListLayers": self.list_layers,
            "ListLayerVersions": self.list_layer_versions,
        }

    def used(self, version_arns: Sequence[str] | None) -> tuple[UsedLayer, ...]:
        """The archives behind a function's ``Layers``.

        Raises:
            ServiceError: there are too many, or one does not exist.
        """
        arns = version_arns or ()
        if len(arns) > _MAX_LAYERS:
            raise invalid_parameter(f"Cannot reference more than {_MAX_LAYERS} layers.")
        return tuple(self._used(arn) for arn in arns)

    def publish_layer_version(self, parameters: Parameters, context: RequestContext) -> Result:
        """Keep an archive as the layer's next version."""
        refuse_others(parameters, ("LayerName", "Content", *_KEPT))
        name, _number = self._names.layer(parameters["LayerName"])
        package = self._packages.add(parameters["Content"], context.access_key_id)
        created = {"CreatedDate": timestamp(self._clock.now())}
        kept = {key: parameters[key] for key in _KEPT if parameters.get(key) is not None}
        with self._lock:
            number = self._published[name] = self._published.get(name, 0) + 1
            version = LayerVersion(name, number, package, {**created, **kept})
            self._versions.setdefault(name, {})[number] = version
        return self._described(version)

    def get_layer_version(self, parameters: Parameters, _: RequestContext) -> Result:
        """Describe one version by name and number."""
        name, _number = self._names.layer(parameters["LayerName"])
        return self._described(self._version(name, parameters["VersionNumber"]))

    def get_layer_version_by_arn(self, parameters: Parameters, _: RequestContext) -> Result:
        """Describe one version by ARN."""
        name, number = self._names.layer(parameters["Arn"])
        return self._described(self._version(name, number))

    def delete_layer_version(self, parameters: Parameters, _: RequestContext) -> None:
        """Forget a version; deleting what is not there succeeds, as on AWS."""
        name, _number = self._names.layer(parameters["LayerName"])
        with self._lock:
            self._versions.get(name, {}).pop(parameters["VersionNumber"], None)

    def list_layers(self, parameters: Parameters, _: RequestContext) -> Result:
        """List layers with their newest version."""
        refuse_others(parameters, ("Marker", "MaxItems"))
        with self._lock:
            newest = [
                {
                    "LayerName": name,
                    "LayerArn": self._names.layer_arn(name),
                    "LatestMatchingVersion": self._summary(versions[max(versions)]),
                }
                for name, versions in sorted(self._versions.items())
                if versions
            ]
        return page("Layers", newest, parameters)

    def list_layer_versions(self, parameters: Parameters, _: RequestContext) -> Result:
        """List a layer's versions, newest first."""
        refuse_others(parameters, ("LayerName", "Marker", "MaxItems"))
        name, _number = self._names.layer(parameters["LayerName"])
        with self._lock:
            versions = sorted(
                self._versions.get(name, {}).values(), key=lambda v: v.number, reverse=True
            )
        return page("LayerVersions", [self._summary(version) for version in versions], parameters)

    def _used(self, version_arn: str) -> UsedLayer:
        name, number = self._names.layer(version_arn)
        with self._lock:
            version = self._versions.get(name, {}).get(number or 0)
        if version is None or self._names.layer_arn(name, number) != version_arn:
            raise invalid_parameter(f"Layer version {version_arn} does not exist.")
        return UsedLayer(version_arn, version.package)

    def _version(self, name: str, number: int | None) -> LayerVersion:
        with self._lock:
            version = self._versions.get(name, {}).get(number or 0)
        if version is None:
            raise not_found()
        return version

    def _summary(self, version: LayerVersion) -> dict[str, Any]:
        return {
            **version.description,
            "Version": version.number,
            "LayerVersionArn": self._names.layer_arn(version.name, version.number),
        }

    def _described(self, version: LayerVersion) -> dict[str, Any]:
        return {
            **self._summary(version),
            "LayerArn": self._names.layer_arn(version.name),
            "Content": {
                "CodeSha256": version.package.code_sha256,
                "CodeSize": version.package.size_bytes,
            },
        }
