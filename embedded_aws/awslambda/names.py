"""Names of functions and layers as callers write them, and the ARNs that they stand for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from embedded_aws.awslambda.errors import function_not_found, invalid_parameter, not_found

LATEST = "$LATEST"

_FUNCTION = re.compile(
    r"(?:arn:aws:lambda:)?(?:(?P<region>[a-z]{2}(?:-[a-z]+)+-\d):)?(?:(?P<account>\d{12}):)?"
    r"(?:function:)?(?P<name>[a-zA-Z0-9-_]+)(?::(?P<qualifier>\$LATEST|[a-zA-Z0-9-_]+))?"
)
_LAYER = re.compile(r"arn:aws:lambda:[^:]+:\d{12}:layer:(?P<name>[^:]+)(?::(?P<version>\d+))?")


@dataclass(frozen=True)
class FunctionReference:
    """A function's name and the version or alias that the caller means, if any."""

    name: str
    qualifier: str | None


@dataclass(frozen=True)
class Names:
    """The names of one account in one region."""

    account_id: str
    region: str

    def function_arn(self, name: str, qualifier: str | None = None) -> str:
        """ARN of a function, or of its version or alias."""
        arn = f"arn:aws:lambda:{self.region}:{self.account_id}:function:{name}"
        return f"{arn}:{qualifier}" if qualifier else arn

    def layer_arn(self, name: str, version: int | None = None) -> str:
        """ARN of a layer, or of one of its versions."""
        arn = f"arn:aws:lambda:{self.region}:{self.account_id}:layer:{name}"
        return f"{arn}:{version}" if version else arn

    def function(self, text: str, qualifier: str | None = None) -> FunctionReference:
        """Read a name, partial ARN or ARN, each with or without a qualifier.

        Raises:
            ServiceError: it names another region or account, or two different qualifiers.
        """
        found = _FUNCTION.fullmatch(text)
        if found is None:
            raise invalid_parameter(f"{text} is not a function name or ARN")
        if (found["region"] or self.region) != self.region:
            message = f"Functions from '{found['region']}' are not reachable in this region "
            raise not_found(f"{message}('{self.region}')")
        if (found["account"] or self.account_id) != self.account_id:
            raise function_not_found(text)
        if qualifier and found["qualifier"] not in {None, qualifier}:
            raise invalid_parameter(
                "The derived qualifier from the function name does not match the specified "
                "qualifier."
            )
        return FunctionReference(found["name"], qualifier or found["qualifier"])

    def layer(self, text: str) -> tuple[str, int | None]:
        """Read a layer's name, ARN or version ARN as name and version."""
        found = _LAYER.fullmatch(text)
        if found is None:
            return text, None
        return found["name"], int(found["version"]) if found["version"] else None
