"""The page of permissions lists what the template grants, and why."""

from __future__ import annotations

from typing import Any

import pytest

from docs.generate import PERMISSIONS, ROOT
from docs.permissions import permissions_page, why
from embedded_aws.cloudformation.template import parse
from tests.machine.permissions import granted

TEMPLATE: Any = parse((ROOT / "template.yaml").read_text())
GRANTS = [it for it in granted(TEMPLATE) if not it.policy.endswith("/trust")]


def section(owner: str) -> str:
    """What the page says under the name of a role or of a policy."""
    return PERMISSIONS.read_text().partition(f"### {owner}\n")[2].partition("\n##")[0]


def test_the_page_is_current() -> None:
    """Otherwise run ``python -m docs.generate``."""
    assert permissions_page() == PERMISSIONS.read_text()


def test_every_statement_says_by_its_sid_why_it_is_there() -> None:
    assert [it.place for it in GRANTS if it.statement.isdecimal()] == []


@pytest.mark.parametrize("grant", GRANTS, ids=lambda it: f"{it.place}-{it.action}")
def test_every_action_stands_in_a_row_that_says_why(grant: Any) -> None:
    rows = [row for row in section(grant.policy.partition("/")[0]).splitlines() if row[0:1] == "|"]
    assert any(row.startswith(f"| {why(grant.statement)} ") and grant.action in row for row in rows)


def test_a_sid_is_told_in_words() -> None:
    assert why("TellMissingKeysFromForbiddenOnes") == "tell missing keys from forbidden ones"


def test_what_a_parameter_switches_on_is_marked_by_it() -> None:
    assert "[JoinVpcPolicy](#joinvpcpolicy) (`SubnetIds`)" in section("JobRole")
    assert ", with `KmsKeyArn`." in section("ReadEncryptedPolicy")
