"""What a document refers to is there: files, headings, and the tests that show what is claimed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.generate import ROOT

DOCUMENTS = ["README.md", "CHANGELOG.md", *(f"docs/{it.name}" for it in ROOT.glob("docs/*.md"))]
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")
TEST = re.compile(r"(tests/[\w/]+\.py)::(\w+)")


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", it.lower()).replace(" ", "-") for it in headings}


@pytest.mark.parametrize("document", sorted(DOCUMENTS))
def test_every_file_and_heading_that_is_linked_exists(document: str) -> None:
    page = ROOT / document
    for target, heading in LINK.findall(page.read_text()):
        path = page.parent / target if target else page
        assert path.exists(), target
        assert not heading or heading in anchors(path), f"{target}#{heading}"


@pytest.mark.parametrize("document", sorted(DOCUMENTS))
def test_every_test_that_is_named_exists(document: str) -> None:
    for file, test in TEST.findall((ROOT / document).read_text()):
        assert f"def {test}(" in (ROOT / file).read_text(), f"{file}::{test}"


def test_a_comparison_is_linked_claim_by_claim() -> None:
    page = (ROOT / "docs" / "comparison.md").read_text()
    sections = page.split("\n## ")[2:-1]
    assert [it.splitlines()[0] for it in sections] == [
        "ML-aware steps",
        "Lineage",
        "Branching",
        "Typed retries",
        "Low operations",
    ]
    for section in sections:
        assert TEST.search(section)
        assert "](https://" in section
