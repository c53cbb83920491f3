"""What a command shows: progress and errors on stderr, its answer on stdout."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.progress import Progress

from lineage.errors import LineageError
from ops.errors import OperatorError

_WIDTH_WITHOUT_TERMINAL = 240


@contextmanager
def told() -> Iterator[None]:
    """Tell the operator what went wrong in one line, without a traceback, and exit with 1."""
    try:
        yield
    except (OperatorError, LineageError, ClientError, BotoCoreError) as error:
        typer.echo(f"nightly: {error}", err=True)
        raise typer.Exit(1) from error


def progress() -> Progress:
    """A bar that a terminal shows while a command works, and nobody else sees."""
    shown = Console(stderr=True)
    return Progress(console=shown, transient=True, disable=not shown.is_terminal)


def console() -> Console:
    """Where tables go; wide where no terminal bounds them."""
    return Console(width=None if sys.stdout.isatty() else _WIDTH_WITHOUT_TERMINAL)


def print_json(document: Any) -> None:  # noqa: ANN401  # any JSON value
    """Print a document for programs."""
    typer.echo(json.dumps(document, indent=2))
