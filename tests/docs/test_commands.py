"""The handbook lists every command."""

from __future__ import annotations

import typer

from docs.commands import commands_table
from ops.cli import app


def test_every_command_is_listed_with_what_it_must_be_told() -> None:
    table = commands_table()
    assert "| `./nightly approve PACKAGE --comment COMMENT` | Approve a model package" in table
    assert [
        name for name in typer.main.get_command(app).commands if f"`./nightly {name}" not in table
    ] == []
