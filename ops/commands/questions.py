"""The commands that ask the query Lambda about lineage."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import boto3
import typer

from lineage import rendering
from ops.commands.asking import answer_of, applied, require_readable
from ops.commands.options import STACK_NAME, AsJson, Package, StackName
from ops.commands.terminal import print_json, told
from ops.stack import Stack

_TEXT, _JSON = "text", "json"
group = typer.Typer()
lineage = typer.Typer(help="The lineage graph in SageMaker.", no_args_is_help=True)
group.add_typer(lineage, name="lineage")


Execution = Annotated[str, typer.Argument(help="An execution's name or ARN, or a run id.")]


class Format(StrEnum):
    """How an answer is told that can be drawn."""

    TEXT = "text"
    JSON = "json"
    MERMAID = "mermaid"
    HTML = "html"


class ExplanationFormat(StrEnum):
    """How an explanation is told."""

    TEXT = "text"
    JSON = "json"
    MERMAID = "mermaid"
    HTML = "html"
    OPENLINEAGE = "openlineage"


HowToTell = Annotated[Format, typer.Option("--format", help="How to tell it.")]


@group.command()
def explain(
    package: Package,
    *,
    format_: Annotated[
        ExplanationFormat, typer.Option("--format", help="How to tell it.")
    ] = ExplanationFormat.TEXT,
    json_: AsJson = False,
    stack: StackName = STACK_NAME,
) -> None:
    """Say which data, jobs, hyperparameters and evaluation made a model package."""
    _answer(stack, "explain", _JSON if json_ else format_, Package=package)


@group.command()
def diff(
    a: Package,
    b: Annotated[str, typer.Argument(help="Another one.")],
    *,
    format_: HowToTell = Format.TEXT,
    json_: AsJson = False,
    stack: StackName = STACK_NAME,
) -> None:
    """Say what differs between two packages, and the cause if one explains it."""
    _answer(stack, "diff", _JSON if json_ else format_, A=a, B=b)


@group.command()
def impact(
    subject: Annotated[
        str,
        typer.Argument(help="A data date, input file, digest, commit, image, job, or run id."),
    ],
    *,
    format_: HowToTell = Format.TEXT,
    json_: AsJson = False,
    stack: StackName = STACK_NAME,
) -> None:
    """Say which nights, packages and endpoints something touched."""
    _answer(stack, "impact", _JSON if json_ else format_, Subject=subject)


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
    _answer(stack, "asof", _JSON if json_ else _TEXT, Time=time, **only)


@group.command()
def audit(
    since: Annotated[str, typer.Option(help="The first data date to look at; else all.")] = "",
    *,
    json_: AsJson = False,
    stack: StackName = STACK_NAME,
) -> None:
    """Check packages and records against SageMaker's graph; exit with 1 on a finding.

    Each finding is followed by the command that is the next step.
    """
    only = {"Since": since} if since else {}
    answer = _answer(stack, "audit", _JSON if json_ else _TEXT, **only)
    if not answer["Clean"]:
        raise typer.Exit(1)


@group.command()
def budget(*, json_: AsJson = False, stack: StackName = STACK_NAME) -> None:
    """Say how much of the account's lineage quotas the nights use, and how long that lasts."""
    _answer(stack, "budget", _JSON if json_ else _TEXT)


@lineage.command()
def plan(
    execution: Execution,
    *,
    json_: AsJson = False,
    stack: StackName = STACK_NAME,
) -> None:
    """Say which calls recording an execution again would make; exit with 1 on a changed record."""
    answer = _answer(stack, "plan", _JSON if json_ else _TEXT, Execution=execution)
    if answer["Findings"]:
        raise typer.Exit(1)


@lineage.command()
def apply(execution: Execution, *, json_: AsJson = False, stack: StackName = STACK_NAME) -> None:
    """Make the calls that `plan` tells of; exit with 1 if the graph still lacks something."""
    with told():
        done = applied(Stack.find(boto3.client("cloudformation"), stack), execution)
        _tell(done, "apply", _JSON if json_ else _TEXT)
    if done["Findings"] or done["Left"]:
        raise typer.Exit(1)


def _answer(stack: str, operation: str, format_: str, **asked: str) -> dict[str, Any]:
    """Ask a question, print the answer and return it."""
    with told():
        answer = answer_of(Stack.find(boto3.client("cloudformation"), stack), operation, **asked)
        _tell(answer, operation, format_)
    return answer


def _tell(answer: dict[str, Any], operation: str, format_: str) -> None:
    if format_ == _JSON:
        print_json(answer)
        return
    require_readable(answer, operation)
    typer.echo(rendering.FORMATS[operation][format_](answer), nl=False)
