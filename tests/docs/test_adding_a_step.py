"""The page on adding a step names every place that its example touches, and checks that exist."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from docs.generate import ROOT
from tests.machine.human_review import PATCH, patched

PAGE = (ROOT / "docs" / "adding-a-step.md").read_text()
ROWS = [line.strip("|").split("|") for line in PAGE.splitlines() if line.startswith("|")]
CHECKS = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))


def touched() -> set[str]:
    return set(re.findall(r"^\+\+\+ b/(.+)$", PATCH.read_text(), re.MULTILINE))


def test_the_example_fits_the_project_as_it_is(tmp_path: Path) -> None:
    """Otherwise the message says how to refresh it; tests/machine/test_human_review.py runs it."""
    tree = patched(tmp_path)
    ruff = [ROOT / ".venv" / "bin" / "ruff"]
    for arguments in (["check", "--no-cache"], ["format", "--check", "--no-cache"]):
        files = sorted(it for it in touched() if it.endswith(".py"))
        checked = subprocess.run(
            [*ruff, *arguments, *files], cwd=tree, capture_output=True, text=True, check=False
        )
        assert checked.returncode == 0, checked.stdout


def test_every_place_that_the_example_touches_has_its_row() -> None:
    named = {name for row in ROWS for name in re.findall(r"`([\w./-]+/?[\w.-]+)`", row[0])}
    assert touched() - named == set()


@pytest.mark.parametrize(("path", "name"), CHECKS)
def test_the_checks_that_it_names_exist(path: str, name: str) -> None:
    assert f"def {name}(" in (ROOT / path).read_text()
