"""Operations on reserved concurrency."""

from __future__ import annotations

from collections.abc import Mapping

from embedded_aws.awslambda.functions import Function, FunctionRegistry
from embedded_aws.gateway.service import Operation, Parameters, RequestContext, Result


class Concurrency:
    """How many environments a function may have busy at a time; zero stops it."""

    def __init__(self, registry: FunctionRegistry) -> None:
        self._registry = registry

    def operations(self) -> Mapping[str, Operation]:
        """What callers may ask."""
        return {
            "PutFunctionConcurrency": self.put_function_concurrency,
            "GetFunctionConcurrency": self.get_function_concurrency,
            "DeleteFunctionConcurrency": self.delete_function_concurrency,
        }

    def put_function_concurrency(self, parameters: Parameters, context: RequestContext) -> Result:
        """Set the limit."""
        with self._registry.lock:
            function = self._function(parameters)
            function.reserved_concurrency = parameters["ReservedConcurrentExecutions"]
        return self.get_function_concurrency(parameters, context)

    def get_function_concurrency(self, parameters: Parameters, _: RequestContext) -> Result:
        """Show the limit, if there is one."""
        with self._registry.lock:
            reserved = self._function(parameters).reserved_concurrency
        return {} if reserved is None else {"ReservedConcurrentExecutions": reserved}

    def delete_function_concurrency(self, parameters: Parameters, _: RequestContext) -> None:
        """Lift the limit."""
        with self._registry.lock:
            self._function(parameters).reserved_concurrency = None

    def _function(self, parameters: Parameters) -> Function:
        reference = self._registry.names.function(parameters["FunctionName"])
        return self._registry.function(reference)
