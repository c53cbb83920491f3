"""The commands that ask the query Lambda about lineage."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any

import boto3
import typer

from lineage import rendering
from ops.commands.asking import answer_of, require_readable
from ops.commands.options import STACK_NAME, AsJson, Package, StackName
from ops.commands.terminal import print_json, told
from ops.stack import Stack

group = typer.Typer()
lineage = typer.Typer(help="The lineage graph in SageMaker.", no_args_is_help=True)
group.add_typer(lineage, name="lineage")


class Format(StrEnum):
    """How an explanation is told."""

    TEXT = "text"
    JSON = "json"
    MERMAID = "mermaid"
    HTML = "html"
    OPENLINEAGE = "openlineage"


@group.command()
def explain(
    package: Package,
    *,
    format_: Annotated[Format, typer.Option("--format", help="How to tell it.")] = Format.TEXT,
    json_: AsJson = False,
    stack: StackName = STACK_NAME,
) -> None:
    """Say which data, jobs, hyperparameters and evaluation made a model package."""
    as_json = json_ or format_ is Format.JSON
    render = rendering.EXPLANATION_FORMATS[Format.TEXT if as_json else format_]
    _answer(stack, render, as_json, "explain", Package=package)


@group.command()
def diff(
    a: Package,
    b: Annotated[str, typer.Argument(help="Another one.")],
    *,
    json_: AsJson = False,
    stack: StackName = STACK_NAME,
) -> None:
    """Say what differs between two packages, and the cause if one explains it."""
    _answer(stack, rendering.difference.as_text, json_, "diff", A=a, B=b)


@group.command()
def impact(
    subject: Annotated[
        str,
        typer.Argument(help="A data date, input file, digest, commit, image, or job."),
    ],
    *,
    json_: AsJson = False,
    stack: StackName = STACK_NAME,
) -> None:
    """Say which nights, packages and endpoints something touched."""
    _answer(stack, rendering.impact.as_text, json_, "impact", Subject=subject)


@group.command()
def asof(
    time: Annotated[str, typer.Argument(help="An instant, such as 2026-11-21T08:00:00Z.")],
    endpoint: Annotated[str | None, typer.Argument(help="An endpoint's name; else all.")] = None,
    *,
    json_: AsJson = False,
    stack: StackName = STACK_NAME,
) -> None:
    """Say what each endpoint served at an instant, since when, and who approved it."""
    only = {} if endpoint is None else {"Endpoint": endpoint}
    _answer(stack, rendering.asof.as_text, json_, "asof", Time=time, **only)


@group.command()
def audit(*, json_: AsJson = False, stack: StackName = STACK_NAME) -> None:
    """Check every package and record against SageMaker's graph; exit with 1 on a finding."""
    answer = _answer(stack, rendering.audit.as_text, json_, "audit")
    if not answer["Clean"]:
        raise typer.Exit(1)


@group.command()
def budget(*, json_: AsJson = False, stack: StackName = STACK_NAME) -> None:
    """Say how much of the account's lineage quotas the nights use, and how long that lasts."""
    _answer(stack, rendering.budget.as_text, json_, "budget")


@lineage.command()
def plan(
    execution: Annotated[str, typer.Argument(help="An execution's name or ARN, or a run id.")],
    *,
    json_: AsJson = False,
    stack: StackName = STACK_NAME,
) -> None:
    """Say which calls recording an execution again would make; exit with 1 on a changed record."""
    answer = _answer(stack, rendering.plan.as_text, json_, "plan", Execution=execution)
    if answer["Findings"]:
        raise typer.Exit(1)


def _answer(
    stack: str,
    as_text: Callable[[dict[str, Any]], str],
    json_: bool,  # noqa: FBT001  # the option as it was given
    operation: str,
    **asked: str,
) -> dict[str, Any]:
    """Ask a question, print the answer and return it."""
    with told():
        found = Stack.find(boto3.client("cloudformation"), stack)
        answer = answer_of(found, operation, **asked)
        if not json_:
            require_readable(answer, operation)
    if json_:
        print_json(answer)
    else:
        typer.echo(as_text(answer), nl=False)
    return answer
