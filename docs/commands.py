"""Lists the commands of ``nightly``, from the code that runs them."""

from __future__ import annotations

from collections.abc import Iterator

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from ops.cli import app


def commands_table() -> str:
    """A Markdown table of all commands, with what each must be told, and what it does."""
    program = typer.main.get_command(app)
    rows = (f"| `{usage}` | {does} |" for usage, does in _commands("./nightly", program))
    return "\n".join(["| command | |", "|---|---|", *rows])


def _commands(name: str, command: TyperGroup | TyperCommand) -> Iterator[tuple[str, str]]:
    if isinstance(command, TyperGroup):
        for each, child in command.commands.items():
            yield from _commands(f"{name} {each}", child)
    else:
        told = (_told(each) for each in command.params if each.required)
        yield " ".join([name, *told]), _first_paragraph(command)


def _told(parameter: TyperArgument | TyperOption) -> str:
    word = parameter.name.upper()
    return word if parameter.param_type_name == "argument" else f"{parameter.opts[0]} {word}"


def _first_paragraph(command: TyperGroup | TyperCommand) -> str:
    return " ".join(command.help.split("\n\n")[0].split())
