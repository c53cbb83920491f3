"""``nightly``: all groups of commands as one program."""

from __future__ import annotations

import typer

from ops.commands import backfill, nights, production, questions, registry, runs, teardown

app = typer.Typer(
    help="The nightly retrain: its nights, its lineage, its models.",
    no_args_is_help=True,
    rich_markup_mode="markdown",  # paragraphs of docstrings are filled
    pretty_exceptions_enable=False,
)
for commands in (nights, runs, backfill, production, registry, questions, teardown):
    app.add_typer(commands.group)
