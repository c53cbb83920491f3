"""Operations on aliases."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace

from embedded_aws.awslambda.errors import (
    conflict,
    not_found,
    precondition_failed,
    refuse_others,
    unsupported,
)
from embedded_aws.awslambda.functions import Alias, Function, FunctionRegistry
from embedded_aws.awslambda.names import LATEST
from embedded_aws.awslambda.paging import page
from embedded_aws.gateway.service import Operation, Parameters, RequestContext, Result


class Aliases:
    """Names for versions; an alias leads to one version, weighted routing is refused."""

    def __init__(self, registry: FunctionRegistry) -> None:
        self._registry = registry

    def operations(self) -> Mapping[str, Operation]:
        """What callers may ask."""
        return {
            "CreateAlias": self.create_alias,
            "GetAlias": self.get_alias,
            "UpdateAlias": self.update_alias,
            "DeleteAlias": self.delete_alias,
            "ListAliases": self.list_aliases,
        }

    def create_alias(self, parameters: Parameters, _: RequestContext) -> Result:
        """Name a version."""
        _refuse_routing(parameters)
        name = parameters["Name"]
        with self._registry.lock:
            function = self._function(parameters)
            arn = self._registry.names.function_arn(function.name, name)
            if name in function.aliases:
                raise conflict(f"Alias already exists: {arn}")
            version = self._existing_version(function, parameters["FunctionVersion"])
            alias = Alias(arn, name, version, parameters.get("Description") or "")
            function.aliases[name] = alias
        return alias.describe()

    def get_alias(self, parameters: Parameters, _: RequestContext) -> Result:
        """Show an alias."""
        with self._registry.lock:
            return self._alias(self._function(parameters), parameters["Name"]).describe()

    def update_alias(self, parameters: Parameters, _: RequestContext) -> Result:
        """Lead an alias to another version, or describe it anew."""
        _refuse_routing(parameters)
        with self._registry.lock:
            function = self._function(parameters)
            alias = self._alias(function, parameters["Name"])
            if parameters.get("RevisionId", alias.revision_id) != alias.revision_id:
                raise precondition_failed()
            version = parameters.get("FunctionVersion")
            updated = replace(
                alias,
                version=self._existing_version(function, version) if version else alias.version,
                description=parameters.get("Description", alias.description),
                revision_id=str(uuid.uuid4()),
            )
            function.aliases[alias.name] = updated
        return updated.describe()

    def delete_alias(self, parameters: Parameters, _: RequestContext) -> None:
        """Forget an alias; deleting what is not there succeeds, as on AWS."""
        with self._registry.lock:
            self._function(parameters).aliases.pop(parameters["Name"], None)

    def list_aliases(self, parameters: Parameters, _: RequestContext) -> Result:
        """List a function's aliases, or those of one version."""
        version = parameters.get("FunctionVersion")
        with self._registry.lock:
            aliases = self._function(parameters).aliases
            listed = [
                aliases[name].describe()
                for name in sorted(aliases)
                if version in {None, aliases[name].version}
            ]
        return page("Aliases", listed, parameters)

    def _function(self, parameters: Parameters) -> Function:
        reference = self._registry.names.function(parameters["FunctionName"])
        return self._registry.function(reference)

    def _alias(self, function: Function, name: str) -> Alias:
        if name not in function.aliases:
            arn = self._registry.names.function_arn(function.name, name)
            raise not_found(f"Cannot find alias arn: {arn}")
        return function.aliases[name]

    def _existing_version(self, function: Function, version: str) -> str:
        if version != LATEST and version not in function.versions:
            arn = self._registry.names.function_arn(function.name, version)
            raise not_found(f"Function not found: {arn}")
        return version


def _refuse_routing(parameters: Parameters) -> None:
    if (parameters.get("RoutingConfig") or {}).get("AdditionalVersionWeights"):
        raise unsupported("weighted aliases (RoutingConfig)")
    refuse_others(
        parameters,
        ("FunctionName", "Name", "FunctionVersion", "Description", "RevisionId", "RoutingConfig"),
    )
