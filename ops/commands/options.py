"""Options and arguments that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

StackName = Annotated[
    str, typer.Option("--stack", envvar="NIGHTLY_STACK", help="The stack's name.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Settings = Annotated[
    list[str] | None, typer.Option("--set", help="A parameter, such as AucThreshold=0.9.")
]
Package = Annotated[str, typer.Argument(help="A package's version or ARN.")]

STACK_NAME = "nightly-retrain"
"""The stack that is meant unless another is named."""
