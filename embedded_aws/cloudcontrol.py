"""Cloud Control API, as far as ``sam list endpoints`` asks it: which functions have a URL."""

from __future__ import annotations

from collections.abc import Mapping

from embedded_aws.gateway.service import Operation, Parameters, RequestContext, Result, ServiceError

_FUNCTION_URL = "AWS::Lambda::Url"


class CloudControl:
    """``GetResource`` of a function's URL, which no function here has: Lambda refuses to make one.

    Not supported, and refused: every other operation and type.
    """

    name = "cloudcontrol"

    def operations(self) -> Mapping[str, Operation]:
        """The one operation."""
        return {"GetResource": self._get_resource}

    def close(self) -> None:
        """Nothing runs here."""

    def _get_resource(self, parameters: Parameters, _: RequestContext) -> Result:
        type_name, identifier = parameters["TypeName"], parameters["Identifier"]
        if type_name != _FUNCTION_URL:
            message = f"the embedded AWS does not support {type_name} in Cloud Control API"
            raise ServiceError("UnsupportedActionException", message)
        message = f"Resource of type '{type_name}' with identifier '{identifier}' was not found."
        raise ServiceError("ResourceNotFoundException", message)
