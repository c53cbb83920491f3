"""Operations that describe functions and their versions."""

from __future__ import annotations

from collections.abc import Mapping

from embedded_aws.awslambda.errors import refuse_others
from embedded_aws.awslambda.functions import FunctionRegistry
from embedded_aws.awslambda.names import LATEST
from embedded_aws.awslambda.paging import page
from embedded_aws.gateway.service import Operation, Parameters, RequestContext, Result


class Queries:
    """Reads the registry."""

    def __init__(self, registry: FunctionRegistry) -> None:
        self._registry = registry

    def operations(self) -> Mapping[str, Operation]:
        """What callers may ask."""
        return {
            "GetFunction": self.get_function,
            "GetFunctionConfiguration": self.get_function_configuration,
            "ListFunctions": self.list_functions,
            "ListVersionsByFunction": self.list_versions_by_function,
        }

    def get_function(self, parameters: Parameters, context: RequestContext) -> Result:
        """Describe a function; ``Code`` has no ``Location``, for archives cannot be downloaded."""
        reference = self._registry.names.function(parameters["FunctionName"])
        with self._registry.lock:
            function = self._registry.function(reference)
            described = {
                "Configuration": self.get_function_configuration(parameters, context),
                "Code": {"RepositoryType": "S3"},
                "Tags": dict(function.tags),
            }
            if function.reserved_concurrency is not None:
                described["Concurrency"] = {
                    "ReservedConcurrentExecutions": function.reserved_concurrency
                }
            return described

    def get_function_configuration(self, parameters: Parameters, _: RequestContext) -> Result:
        """Describe one version."""
        reference = self._registry.names.function(
            parameters["FunctionName"], parameters.get("Qualifier")
        )
        with self._registry.lock:
            described = self._registry.version(reference).describe()
        if reference.qualifier is not None:
            arn = self._registry.names.function_arn(reference.name, reference.qualifier)
            described["FunctionArn"] = arn
        return described

    def list_functions(self, parameters: Parameters, _: RequestContext) -> Result:
        """List functions, with ``FunctionVersion=ALL`` every version of each."""
        refuse_others(parameters, ("FunctionVersion", "Marker", "MaxItems"))
        with self._registry.lock:
            listed = []
            for function in self._registry.all():
                listed.append(function.latest.describe())
                if parameters.get("FunctionVersion") == "ALL":
                    listed.extend(version.describe() for version in function.versions.values())
        return page("Functions", listed, parameters)

    def list_versions_by_function(self, parameters: Parameters, _: RequestContext) -> Result:
        """List ``$LATEST`` and every published version."""
        reference = self._registry.names.function(parameters["FunctionName"])
        with self._registry.lock:
            function = self._registry.function(reference)
            versions = [function.latest, *function.versions.values()]
            arn = self._registry.names.function_arn(function.name, LATEST)
            listed = [version.describe() for version in versions]
        listed[0]["FunctionArn"] = arn
        return page("Versions", listed, parameters)
