"""Operations that make, change, publish and delete functions."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from embedded_aws import service_roles
from embedded_aws.awslambda import configuration as configurations
from embedded_aws.awslambda.configuration import Configuration
from embedded_aws.awslambda.environment_pool import EnvironmentPool
from embedded_aws.awslambda.errors import (
    conflict,
    invalid_parameter,
    precondition_failed,
    refuse_others,
)
from embedded_aws.awslambda.functions import Function, FunctionRegistry, FunctionVersion, assumer
from embedded_aws.awslambda.layers import Layers
from embedded_aws.awslambda.names import LATEST
from embedded_aws.awslambda.packages import Package, PackageStore
from embedded_aws.environment import Environment
from embedded_aws.gateway.service import Operation, Parameters, RequestContext, Result, ServiceError

_CODE = ("ZipFile", "S3Bucket", "S3Key", "S3ObjectVersion")


class Lifecycle:
    """Creates functions and leads them from one revision to the next."""

    def __init__(
        self,
        environment: Environment,
        registry: FunctionRegistry,
        packages: PackageStore,
        layers: Layers,
        pool: EnvironmentPool,
    ) -> None:
        self._environment = environment
        self._registry = registry
        self._packages = packages
        self._layers = layers
        self._pool = pool

    def operations(self) -> Mapping[str, Operation]:
        """What callers may ask."""
        return {
            "CreateFunction": self.create_function,
            "UpdateFunctionCode": self.update_function_code,
            "UpdateFunctionConfiguration": self.update_function_configuration,
            "PublishVersion": self.publish_version,
            "DeleteFunction": self.delete_function,
        }

    def create_function(self, parameters: Parameters, context: RequestContext) -> Result:
        """Make a function, Active at once; with ``Publish`` also its version 1."""
        configurations.refuse_unsupported(
            parameters, "Code", "Publish", "PackageType", "Tags", "Architectures"
        )
        name = self._registry.names.function(parameters["FunctionName"]).name
        self._refuse_taken(name)
        if parameters["Code"].get("ImageUri"):
            parameters = {**parameters, "PackageType": "Image"}
        else:
            refuse_others(parameters["Code"], _CODE)
        self._check_role(parameters["Role"], name)
        layers = self._layers.used(parameters.get("Layers"))
        blank = configurations.created(name, parameters, Package("", 0), layers)
        package = self._packages.add(parameters["Code"], context.access_key_id)
        configuration = replace(blank, package=package)
        with self._registry.lock:
            self._refuse_taken(name)
            function = Function(self._revision(configuration), tags=parameters.get("Tags") or {})
            self._registry.add(function)
        return self._published(function, parameters).describe()

    def update_function_code(self, parameters: Parameters, context: RequestContext) -> Result:
        """Give ``$LATEST`` other code."""
        supported = ("FunctionName", "Architectures", "Publish", "DryRun", "RevisionId")
        refuse_others(parameters, (*supported, *_CODE))
        package = self._packages.add(parameters, context.access_key_id)
        architecture = (parameters.get("Architectures") or [None])[0]
        with self._registry.lock:
            function = self._current(parameters)
            configuration = replace(function.latest.configuration, package=package)
            if architecture is not None:
                configuration = replace(configuration, architecture=architecture)
            if parameters.get("DryRun"):
                return self._revision(configuration).describe()
            self._replace_latest(function, configuration)
        return self._published(function, parameters).describe()

    def update_function_configuration(self, parameters: Parameters, _: RequestContext) -> Result:
        """Change settings of ``$LATEST``; what is not given stays."""
        configurations.refuse_unsupported(parameters, "RevisionId")
        if parameters.get("Role"):
            reference = self._registry.names.function(parameters["FunctionName"])
            self._check_role(parameters["Role"], reference.name)
        layers = self._layers.used(parameters.get("Layers"))
        with self._registry.lock:
            function = self._current(parameters)
            latest = function.latest.configuration
            self._replace_latest(function, configurations.changed(latest, parameters, layers))
            return function.latest.describe()

    def publish_version(self, parameters: Parameters, _: RequestContext) -> Result:
        """Freeze ``$LATEST``, unless nothing changed since the newest version."""
        refuse_others(parameters, ("FunctionName", "CodeSha256", "Description", "RevisionId"))
        with self._registry.lock:
            function = self._current(parameters)
            current_sha256 = function.latest.configuration.package.code_sha256
            if parameters.get("CodeSha256", current_sha256) != current_sha256:
                raise invalid_parameter(
                    f"CodeSHA256 ({parameters['CodeSha256']}) is different from current CodeSHA256 "
                    f"in $LATEST ({current_sha256}). Please try again with the CodeSHA256 in "
                    "$LATEST."
                )
        return self._publish(function, parameters.get("Description")).describe()

    def delete_function(self, parameters: Parameters, _: RequestContext) -> Result:
        """Delete a function with all its versions, or one version."""
        reference = self._registry.names.function(
            parameters["FunctionName"], parameters.get("Qualifier")
        )
        with self._registry.lock:
            function = self._registry.function(reference)
            if reference.qualifier is None:
                gone = [function.latest, *function.versions.values()]
                self._registry.remove(function.name)
            else:
                gone = [self._take_version(function, reference.qualifier)]
        for version in gone:
            self._pool.retire(version)
        return {"StatusCode": 204}

    def _take_version(self, function: Function, qualifier: str) -> FunctionVersion:
        if qualifier == LATEST:
            raise invalid_parameter(
                "$LATEST version cannot be deleted without deleting the function."
            )
        users = sorted(a.name for a in function.aliases.values() if a.version == qualifier)
        if users:
            raise conflict(
                "Unable to delete version because the following aliases reference it: "
                f"[{', '.join(users)}]"
            )
        reference = self._registry.names.function(function.name, qualifier)
        version = self._registry.version(reference)
        del function.versions[version.version]
        return version

    def _published(self, function: Function, parameters: Mapping[str, Any]) -> FunctionVersion:
        return self._publish(function, None) if parameters.get("Publish") else function.latest

    def _publish(self, function: Function, description: str | None) -> FunctionVersion:
        with self._registry.lock:
            version = self._registry.publish(function, description, self._environment.clock.now())
            earlier = [entry for entry in function.versions.values() if entry is not version]
        for entry in earlier:
            self._pool.cool(entry)
        # A published version is about to be used, so one environment initialises ahead; a role
        # that cannot be assumed is the first invocation's business.
        with suppress(ServiceError):
            self._pool.warm(version)
        return version

    def _current(self, parameters: Mapping[str, Any]) -> Function:
        function = self._registry.function(
            self._registry.names.function(parameters["FunctionName"])
        )
        if parameters.get("RevisionId", function.latest.revision_id) != function.latest.revision_id:
            raise precondition_failed()
        return function

    def _replace_latest(self, function: Function, configuration: Configuration) -> None:
        replaced, function.latest = function.latest, self._revision(configuration)
        self._pool.retire(replaced)

    def _revision(self, configuration: Configuration) -> FunctionVersion:
        arn = self._registry.names.function_arn(configuration.function_name)
        return FunctionVersion(arn, LATEST, configuration, self._environment.clock.now())

    def _refuse_taken(self, name: str) -> None:
        if name in self._registry:
            raise conflict(f"Function already exist: {name}")

    def _check_role(self, role_arn: str, function_name: str) -> None:
        iam = self._environment.clients.as_service("iam")
        function_arn = self._registry.names.function_arn(function_name)
        if not service_roles.trusts(iam, role_arn, assumer(function_arn)):
            raise invalid_parameter(
                "The role defined for the function cannot be assumed by Lambda."
            )
