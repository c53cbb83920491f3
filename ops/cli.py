"""The commands of ``nightly``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import boto3
import typer
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.progress import Progress

from lineage import rendering
from ops import start as starting
from ops.errors import OperatorError
from ops.nights import last_nights
from ops.question import ask
from ops.stack import Stack
from ops.table import as_json, as_table

app = typer.Typer(help=__doc__, no_args_is_help=True, pretty_exceptions_enable=False)
StackName = Annotated[
    str, typer.Option("--stack", envvar="NIGHTLY_STACK", help="The stack's name.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
_PACKAGE = "A package's version or ARN."
_WIDTH_WITHOUT_TERMINAL = 150


@app.command()
def nights(
    last: Annotated[int, typer.Option(min=1, help="How many nights.")] = 14,
    *,
    json_: AsJson = False,
    stack: StackName = "nightly-retrain",
) -> None:
    """Show the last nights, one row each: AUC, decision, package, each step's duration, retries."""
    with _told(), _progress() as progress:
        found = Stack.find(boto3.client("cloudformation"), stack)
        task = progress.add_task("reading histories", total=last)
        listed = last_nights(
            boto3.client("stepfunctions"),
            found.state_machine_arn,
            last,
            lambda: progress.advance(task),
        )
    if json_:
        _print_json(as_json(listed))
    else:
        _console().print(as_table(listed))


@app.command()
def explain(
    package: Annotated[str, typer.Argument(help=_PACKAGE)],
    *,
    json_: AsJson = False,
    stack: StackName = "nightly-retrain",
) -> None:
    """Say which data, jobs, hyperparameters and evaluation made a model package."""
    _answer(stack, rendering.explanation.as_text, json_, "explain", Package=package)


@app.command()
def diff(
    a: Annotated[str, typer.Argument(help=_PACKAGE)],
    b: Annotated[str, typer.Argument(help="Another one.")],
    *,
    json_: AsJson = False,
    stack: StackName = "nightly-retrain",
) -> None:
    """Say what differs between two packages, and the cause if one explains it."""
    _answer(stack, rendering.difference.as_text, json_, "diff", A=a, B=b)


@app.command()
def impact(
    subject: Annotated[
        str,
        typer.Argument(help="A data date, input file, digest, commit, image, or job."),
    ],
    *,
    json_: AsJson = False,
    stack: StackName = "nightly-retrain",
) -> None:
    """Say which nights, packages and endpoints something touched."""
    _answer(stack, rendering.impact.as_text, json_, "impact", Subject=subject)


@app.command()
def audit(*, json_: AsJson = False, stack: StackName = "nightly-retrain") -> None:
    """Check every package and record against SageMaker's graph; exit with 1 on a finding."""
    answer = _answer(stack, rendering.audit.as_text, json_, "audit")
    if not answer["Clean"]:
        raise typer.Exit(1)


@app.command()
def budget(*, json_: AsJson = False, stack: StackName = "nightly-retrain") -> None:
    """Say how much of the account's lineage quotas the nights use, and how long that lasts."""
    _answer(stack, rendering.budget.as_text, json_, "budget")


@app.command()
def start(
    date: Annotated[str, typer.Option(help="The night's data date, YYYY-MM-DD.")],
    setting: Annotated[
        list[str] | None, typer.Option("--set", help="A parameter, such as AucThreshold=0.9.")
    ] = None,
    input_: Annotated[
        Path | None, typer.Option("--input", help="A JSON file with parameters.", exists=True)
    ] = None,
    name: Annotated[
        str, typer.Option(help="The execution's name; its data date unless given.")
    ] = "",
    *,
    stack: StackName = "nightly-retrain",
) -> None:
    """Start a night by hand; one of a date that was run before needs a name of its own."""
    with _told():
        given = starting.night_input(date, setting or [], input_)
        found = Stack.find(boto3.client("cloudformation"), stack)
        arn = starting.start(
            boto3.client("stepfunctions"), found.state_machine_alias_arn, given, name or date
        )
    typer.echo(arn)


def _answer(
    stack: str,
    as_text: Callable[[dict[str, Any]], str],
    json_: bool,  # noqa: FBT001  # the option as it was given
    operation: str,
    **asked: str,
) -> dict[str, Any]:
    """Ask a question, print the answer and return it."""
    with _told():
        found = Stack.find(boto3.client("cloudformation"), stack)
        # One patient attempt: a second one would ask a slow function twice.
        patience = Config(read_timeout=130, retries={"total_max_attempts": 1})
        asked_of = boto3.client("lambda", config=patience)
        answer = ask(asked_of, found.query_function_name, operation, **asked)
    if json_:
        _print_json(answer)
    else:
        typer.echo(as_text(answer), nl=False)
    return answer


@contextmanager
def _told() -> Iterator[None]:
    """Tell the operator what went wrong in one line, without a traceback, and exit with 1."""
    try:
        yield
    except (OperatorError, ClientError, BotoCoreError) as error:
        typer.echo(f"nightly: {error}", err=True)
        raise typer.Exit(1) from error


def _progress() -> Progress:
    console = Console(stderr=True)
    return Progress(console=console, transient=True, disable=not console.is_terminal)


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() else _WIDTH_WITHOUT_TERMINAL)


def _print_json(document: Any) -> None:  # noqa: ANN401  # any JSON value
    typer.echo(json.dumps(document, indent=2))
