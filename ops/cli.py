"""``nightly``: all groups of commands as one program."""

from __future__ import annotations

import typer

from ops.commands import nights, questions, runs

app = typer.Typer(
    help="The nightly retrain: its nights, its lineage, its models.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for commands in (nights, questions, runs):
    app.add_typer(commands.group)
