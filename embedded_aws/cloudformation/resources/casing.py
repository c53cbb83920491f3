"""CloudFormation writes members in PascalCase; some services' APIs want camelCase."""

from __future__ import annotations

from typing import Any


def camel(value: Any) -> Any:  # noqa: ANN401  # any JSON value
    """The value with every member's first letter in lower case."""
    if isinstance(value, dict):
        return {name[:1].lower() + name[1:]: camel(item) for name, item in value.items()}
    if isinstance(value, list):
        return [camel(item) for item in value]
    return value
