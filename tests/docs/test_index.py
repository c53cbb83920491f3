"""The front page leads to every other page, in a line that says what it is for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.generate import ROOT

README = (ROOT / "README.md").read_text()
INDEX = dict(re.findall(r"^\| \[([\w./-]+)\]\(\1\) \| (.+) \|$", README, re.MULTILINE))
PAGES = sorted((ROOT / "docs").glob("*.md"))
LONGEST = 280


def test_every_page_is_in_the_index() -> None:
    """Otherwise give the new one a line in the table of README's section "Documentation"."""
    assert {f"docs/{page.name}" for page in PAGES} - INDEX.keys() == set()


def test_the_front_page_stays_one() -> None:
    assert len(README.splitlines()) <= LONGEST


@pytest.mark.parametrize("page", [ROOT / "README.md", *PAGES], ids=lambda page: page.stem)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!http|#)([^)#\s]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []
