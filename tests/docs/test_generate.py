"""The documentation shows what the code is."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
import yaml

from docs import generate
from docs.generate import DEFINITION, DOCUMENTS, ROOT, block, machine_diagram, render

README = (ROOT / "README.md").read_text()


@pytest.mark.slow
def test_the_pictures_are_those_of_the_code() -> None:
    """Otherwise run ``python -m docs.generate``."""
    assert [path for path in DOCUMENTS if render(path.read_text()) != path.read_text()] == []


def test_the_picture_has_every_state_and_follows_the_definition() -> None:
    definition = yaml.load(DEFINITION.read_text(), yaml.CSafeLoader)
    drawn = machine_diagram(definition)
    assert set(definition["States"]) <= set(re.findall(r"\w+", drawn))
    definition["States"]["Evaluate"]["Next"] = "NightRejected"
    assert "Evaluate --> NightRejected" in machine_diagram(definition)


def test_a_document_without_outputs_keeps_what_was_printed_before(tmp_path: Path) -> None:
    text = "<!-- generated: nights -->\nold\n<!-- end -->"
    assert render(text) == text
    (tmp_path / "nights.txt").write_text("\nnew\n")
    (tmp_path / "explain.txt").write_text("")
    assert "```\nnew\n```" in block(render(text, outputs=tmp_path), "nights")


def test_a_page_that_tells_of_another_sees_what_was_just_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "first.md", tmp_path / "second.md"
    first.write_text("<!-- generated: explain -->\nold\n<!-- end -->")
    second.write_text("old")
    (tmp_path / "nights.txt").write_text("")
    (tmp_path / "explain.txt").write_text("new")
    monkeypatch.setattr(generate, "DOCUMENTS", (first,))
    monkeypatch.setattr(generate, "PAGES", {second: first.read_text})
    monkeypatch.setattr(sys, "argv", ["generate", "--outputs", str(tmp_path)])
    assert generate.main() == 0
    assert "new" in second.read_text()


def test_every_command_of_the_readme_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`?make ([a-z]+)", README)) - {"it"} <= targets
    for path in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (ROOT / path).exists(), path
