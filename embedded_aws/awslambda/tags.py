"""Operations on functions' tags."""

from __future__ import annotations

from collections.abc import Mapping

from embedded_aws.awslambda.errors import unsupported
from embedded_aws.awslambda.functions import Function, FunctionRegistry
from embedded_aws.gateway.service import Operation, Parameters, RequestContext, Result


class Tags:
    """Labels of functions; other Lambda resources have none here."""

    def __init__(self, registry: FunctionRegistry) -> None:
        self._registry = registry

    def operations(self) -> Mapping[str, Operation]:
        """What callers may ask."""
        return {
            "TagResource": self.tag_resource,
            "UntagResource": self.untag_resource,
            "ListTags": self.list_tags,
        }

    def tag_resource(self, parameters: Parameters, _: RequestContext) -> None:
        """Add or change tags."""
        with self._registry.lock:
            self._function(parameters).tags.update(parameters["Tags"])

    def untag_resource(self, parameters: Parameters, _: RequestContext) -> None:
        """Take tags away."""
        with self._registry.lock:
            tags = self._function(parameters).tags
            for key in parameters["TagKeys"]:
                tags.pop(key, None)

    def list_tags(self, parameters: Parameters, _: RequestContext) -> Result:
        """Show a function's tags."""
        with self._registry.lock:
            return {"Tags": dict(self._function(parameters).tags)}

    def _function(self, parameters: Parameters) -> Function:
        arn = parameters["Resource"]
        if ":function:" not in arn:
            raise unsupported(f"tags of {arn}")
        return self._registry.function(self._registry.names.function(arn))
