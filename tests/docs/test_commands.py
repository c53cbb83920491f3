"""The handbook lists every command, and what the documents say to type is understood."""

from __future__ import annotations

import re
import shlex

import pytest
import typer

from docs.commands import commands_table
from docs.generate import ROOT, block
from ops.cli import app

PROGRAM = typer.main.get_command(app)
DOCUMENTS = ("README.md", "docs/operations.md", "docs/operator.md", "docs/lineage.md")
TYPED = re.compile(r"^(?:\./)?nightly (.+)$|`(?:\./)?nightly ([^`]+)`", re.MULTILINE)


def typed(document: str) -> list[str]:
    """What a document says to type, but for the generated table of commands."""
    text = (ROOT / document).read_text()
    if "<!-- generated: commands -->" in text:
        text = text.replace(block(text, "commands"), "")
    return sorted({one or other for one, other in TYPED.findall(text)})


def test_every_command_is_listed_with_what_it_must_be_told() -> None:
    table = commands_table()
    assert "| `./nightly approve PACKAGE --comment COMMENT` | Approve a model package" in table
    assert [name for name in PROGRAM.commands if f"`./nightly {name}" not in table] == []


@pytest.mark.parametrize(
    ("document", "line"), [(document, line) for document in DOCUMENTS for line in typed(document)]
)
def test_what_a_document_says_to_type_is_understood(document: str, line: str) -> None:
    name, *arguments = shlex.split(line)
    command = PROGRAM.commands.get(name)
    assert command is not None, f"{document}: {name}"
    if arguments:
        command.make_context(name, arguments)
