"""Who approved a package that an operator brings back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lineage.rendering.asof import as_text
from tests.lineage.production import Production

HOUR, NOW = timedelta(hours=1), timedelta()
ADA = {"By": "ada", "At": "2026-11-22T09:00:00Z", "Comment": "reviewed"}
BEN = {"By": "ben", "At": "2026-11-24T09:00:00Z", "Comment": "false alarms"}
BACK = {"Trigger": "Rollback", "Rollback": BEN, "StartedAt": "2026-11-24T09:00:05Z"}


@pytest.fixture
def production() -> Production:
    return Production()


def approve(production: Production, passed: timedelta, by: dict[str, str], started_at: str) -> None:
    given = {"Trigger": "Approval", "Approval": by, "StartedAt": started_at}
    production.roll_out(1, switched=passed, **given)


def brought_back(production: Production, **given: Any) -> dict[str, Any]:
    """What serves after an operator went back to the first package."""
    production.roll_out(1, switched=3 * HOUR, **BACK | given)
    served: dict[str, Any] = production.at(3 * HOUR)
    return served


def test_a_rollback_keeps_the_approval_and_tells_who_went_back_beside_it(
    production: Production,
) -> None:
    approve(production, NOW, ADA, "2026-11-22T09:00:05Z")
    production.roll_out(2, switched=HOUR, Trigger="Approval", Approval=BEN)
    served = brought_back(production)
    assert (served["Approval"], served["Rollback"]) == (ADA, BEN)
    *_, deployment = production.query.explain(1)["Deployments"]
    assert (deployment["Approval"], deployment["Rollback"]) == (ADA, BEN)
    text = as_text(production.answer_at(3 * HOUR))
    assert "by ada at 2026-11-22T09:00:00Z: reviewed" in text
    assert "by ben at 2026-11-24T09:00:00Z: false alarms" in text


def test_of_two_approvals_the_later_counts_and_none_that_came_after(
    production: Production,
) -> None:
    eve, zoe = ADA | {"By": "eve"}, ADA | {"By": "zoe"}
    approve(production, NOW, ADA, "2026-11-22T09:00:05Z")
    approve(production, HOUR, eve, "2026-11-23T09:00:05.250Z")
    approve(production, 2 * HOUR, zoe, "2026-11-25T09:00:05Z")
    assert brought_back(production)["Approval"] == eve


def test_an_approval_whose_rollout_failed_brought_nothing(production: Production) -> None:
    eve = ADA | {"By": "eve"}
    approve(production, NOW, ADA, "2026-11-22T09:00:05Z")
    given = {"Trigger": "Approval", "Approval": eve, "StartedAt": "2026-11-23T09:00:05Z"}
    production.roll_out(1, switched=HOUR, restored=2 * HOUR, **given)
    assert brought_back(production)["Approval"] == ADA


def test_an_approval_for_another_endpoint_is_none(production: Production) -> None:
    given = {"Trigger": "Approval", "Approval": ADA, "endpoint_name": "other"}
    production.roll_out(1, switched=NOW, **given)
    served = brought_back(production)
    assert "Approval" not in served
    assert "by somebody whom no record tells" in as_text(production.answer_at(3 * HOUR))


def test_nobody_brought_back_what_was_approved(production: Production) -> None:
    approve(production, NOW, ADA, "2026-11-22T09:00:05Z")
    assert "Rollback" not in production.at(NOW)
