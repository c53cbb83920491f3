"""Lists the stack's parameters, from the template that declares them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from embedded_aws.cloudformation.template import parse

TEMPLATE = Path(__file__).parents[1] / "template.yaml"


def parameters_table() -> str:
    """A Markdown table of each group of parameters: default, what is taken, what it is for."""
    template: Any = parse(TEMPLATE.read_text())
    groups = template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    declared = template["Parameters"]
    return "\n\n".join("\n".join(_table(group, declared)) for group in groups)


def _table(group: Mapping[str, Any], declared: Mapping[str, Any]) -> Iterator[str]:
    yield f"| {group['Label']['default']} | default | takes | |"
    yield "|---|---|---|---|"
    for name in group["Parameters"]:
        declaration = declared[name]
        default = str(declaration["Default"])
        yield (
            f"| `{name}` | {f'`{default}`' if default else ''} | {_taken(declaration)} |"
            f" {declaration['Description']} |"
        )


def _taken(declaration: Mapping[str, Any]) -> str:
    if "AllowedValues" in declaration:
        return ", ".join(f"`{value}`" for value in declaration["AllowedValues"])
    if "MinValue" in declaration:
        return f"{declaration['MinValue']} to {declaration['MaxValue']}"
    told: str | None = declaration.get("ConstraintDescription")
    return told or f"`{declaration['AllowedPattern']}`".replace("|", "\\|")
