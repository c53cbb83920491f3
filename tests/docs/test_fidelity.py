"""The page of doubts and the smoke test speak of the same ones."""

from __future__ import annotations

import re

from docs.generate import ROOT
from smoke.__main__ import GROUPS
from smoke.hosting_checks import AFTERWARDS

PAGE = (ROOT / "docs" / "fidelity.md").read_text()
SETTLED, UNSETTLED = PAGE.split("## Not settled")
CHECKED = [name for checks in (*GROUPS, AFTERWARDS) for name in checks.by_name]


def rows(text: str) -> list[list[str]]:
    """The cells of a table's rows, without its head."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def test_every_doubt_that_is_said_to_be_settled_has_a_check_and_the_other_way_round() -> None:
    doubts = [row[0].strip("`") for row in rows(SETTLED)]
    assert sorted(doubts) == sorted(CHECKED)
    assert len(set(doubts)) == len(doubts)


def test_every_row_says_all_of_it() -> None:
    assert {len(row) for row in rows(SETTLED)} == {5}
    assert {len(row) for row in rows(UNSETTLED)} == {4}
    assert all(all(row) for row in [*rows(SETTLED), *rows(UNSETTLED)])


def test_where_a_doubt_matters_there_is_something() -> None:
    """Files by their paths, states and functions by their names, which stand somewhere."""
    places = re.findall(r"[\w./-]*/[\w./-]+\.(?:py|yaml)", PAGE)
    assert len(places) > 10
    assert [place for place in places if not (ROOT / place).exists()] == []
