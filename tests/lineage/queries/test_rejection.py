"""A package that was rejected after it began to serve: every answer on it says so."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lineage.errors import UnknownPackage
from lineage.queries.packages import PackageGroup
from lineage.rendering import FORMATS
from lineage.rollouts.switches import iso_milliseconds
from lineage.schema import require_valid
from tests.lineage import builders
from tests.lineage.production import FIRST, Production

REJECTED = {
    "ModelApprovalStatus": "Rejected",
    "ApprovalDescription": "drifts",
    "LastModifiedTime": datetime(2026, 10, 2, 8, tzinfo=UTC),
    "LastModifiedBy": {"IamIdentity": {"Arn": "arn:aws:iam::123456789012:user/ben"}},
}
APPROVAL = {"By": "ada", "At": "2026-10-01T11:58:00Z", "Comment": "as agreed"}
SAID = "by arn:aws:iam::123456789012:user/ben at 2026-10-02T08:00:00.000Z: drifts"


@pytest.fixture
def production() -> Production:
    """Version 1 was approved, and serves."""
    production = Production()
    production.roll_out(1, switched=timedelta(), Trigger="Approval", Approval=APPROVAL)
    return production


def decide(production: Production, **changes: Any) -> None:
    package = builders.a_package(production.nights[0].document, 1)
    production.registry.lineage = production.registry.lineage.but(package | changes)


def answers(production: Production) -> dict[str, dict[str, Any]]:
    asked = production.query
    found = {"asof": asked.asof(iso_milliseconds(FIRST)), "explain": asked.explain(1)}
    for operation, answer in found.items():
        require_valid(json.loads(json.dumps(answer)), operation)
    return found


def test_it_is_told_beside_the_approval(production: Production) -> None:
    decide(production, **REJECTED)
    found = answers(production)
    (endpoint,) = found["asof"]["Endpoints"]
    assert endpoint["Approval"] == APPROVAL
    assert endpoint["Rejection"] == found["explain"]["Package"]["Rejection"]
    for operation, answer in found.items():
        text = FORMATS[operation]["text"](answer)
        assert f"rejected {SAID}" in " ".join(text.split())
    assert SAID in FORMATS["explain"]["html"](found["explain"])


@pytest.mark.parametrize("status", ["Approved", "PendingManualApproval"])
def test_whose_approval_was_given_once_more_is_not_rejected(
    production: Production, status: str
) -> None:
    decide(production, **REJECTED | {"ModelApprovalStatus": status})
    found = answers(production)
    assert "Rejection" not in found["asof"]["Endpoints"][0]
    assert "Rejection" not in found["explain"]["Package"]


class Forgetful:
    """A registry that has no packages any more."""

    def describe_model_package_group(self, **_: Any) -> dict[str, Any]:
        return {"ModelPackageGroupArn": builders.sagemaker_arn("model-package-group/fraud")}

    def describe_model_package(self, **_: Any) -> dict[str, Any]:
        raise UnknownPackage


@pytest.mark.parametrize("group", ["fraud", "another"])
def test_of_what_the_registry_cannot_tell_nothing_is_told(group: str) -> None:
    arn = builders.sagemaker_arn(f"model-package/{group}/1")
    registry: Any = Forgetful()
    assert PackageGroup(registry, "fraud").rejection(arn) is None
