"""What an operator may say of a model package, and what is refused before SageMaker is asked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from lineage.errors import InvalidPackage, UnknownPackage
from ops.errors import NotDecidable
from ops.registry import Verdict, consequence, decide, find
from ops.rollouts import Rollout
from tests.ops.packages import GROUP, create_package


@pytest.fixture
def version(sagemaker: Any) -> str:
    """A package that nobody has decided on."""
    return create_package(sagemaker).rsplit("/", 1)[1]


@pytest.mark.parametrize("verdict", Verdict)
def test_a_verdict_is_in_the_registry_with_its_comment_and_who_gave_it(
    sagemaker: Any, version: str, verdict: Verdict
) -> None:
    decide(sagemaker, find(sagemaker, GROUP, version), verdict, "as agreed")
    decided = find(sagemaker, GROUP, version)
    assert (decided.status, decided.comment) == (verdict, "as agreed")
    assert decided.changed_by.startswith("arn:aws:iam::")


def test_an_operator_sees_the_night_and_its_auc_before_deciding(
    sagemaker: Any, version: str
) -> None:
    shown = str(find(sagemaker, GROUP, version))
    assert shown == f"version {version}: night 2026-11-21, AUC 0.9687, PendingManualApproval"


@pytest.mark.parametrize(
    ("execution", "night"),
    [("2026-11-21", "2026-11-21"), ("2026-11-21-2", "2026-11-21 (2026-11-21-2)")],
    ids=["the night", "its rerun"],
)
def test_a_rerun_is_told_from_the_night(sagemaker: Any, execution: str, night: str) -> None:
    generated_by = f"arn:aws:states:us-east-1:123456789012:execution:retrain:{execution}"
    arn = create_package(sagemaker, MetadataProperties={"GeneratedBy": generated_by})
    assert find(sagemaker, GROUP, arn).title.startswith(
        f"version {arn.rpartition('/')[2]}: night {night}, AUC"
    )


FIGURES = {
    "ChampionAuc": "0.9675",
    "AucDifference": "0.0012",
    "AucDifferenceLower": "-0.0010",
    "AucDifferenceUpper": "0.0034",
}


@pytest.mark.parametrize(
    ("figures", "shown"),
    [
        (FIGURES, "AUC 0.9687, +0.0012 [-0.0010, +0.0034] to version 3,"),
        ({}, "AUC 0.9687, not compared with version 3,"),
    ],
    ids=["compared", "not-compared"],
)
def test_an_operator_sees_how_it_did_against_the_model_in_production(
    sagemaker: Any, version: str, figures: dict[str, str], shown: str
) -> None:
    arn = find(sagemaker, GROUP, version).arn
    champion = {"ChampionPackageArn": f"{arn.rpartition('/')[0]}/3"}
    sagemaker.update_model_package(
        ModelPackageArn=arn, CustomerMetadataProperties=champion | figures
    )
    assert shown in str(find(sagemaker, GROUP, version))


def test_a_verdict_that_was_given_before_is_refused_with_its_comment(
    sagemaker: Any, version: str
) -> None:
    decide(sagemaker, find(sagemaker, GROUP, version), Verdict.APPROVED, "first")
    with pytest.raises(NotDecidable, match=r'Approved, last changed by arn:.*: "first"'):
        decide(sagemaker, find(sagemaker, GROUP, version), Verdict.APPROVED, "second")
    assert find(sagemaker, GROUP, version).comment == "first"


def test_a_rejection_is_told_until_it_is_taken_back(sagemaker: Any, version: str) -> None:
    decide(sagemaker, find(sagemaker, GROUP, version), Verdict.REJECTED, "drifts")
    rejection = find(sagemaker, GROUP, version).rejection
    assert rejection is not None
    assert rejection.comment == "drifts"
    assert rejection.by.startswith("arn:aws:iam::")
    decide(sagemaker, find(sagemaker, GROUP, version), Verdict.APPROVED, "on second thoughts")
    assert find(sagemaker, GROUP, version).rejection is None


def test_who_changes_their_mind_may(sagemaker: Any, version: str) -> None:
    for verdict in (Verdict.APPROVED, Verdict.REJECTED, Verdict.APPROVED):
        decide(sagemaker, find(sagemaker, GROUP, version), verdict, "on second thoughts")
    assert find(sagemaker, GROUP, version).status == Verdict.APPROVED


@pytest.mark.parametrize("comment", ["x" * 1025, "two\nlines", "", " "])
def test_a_comment_that_sagemaker_would_refuse_is_refused(
    sagemaker: Any, version: str, comment: str
) -> None:
    with pytest.raises(NotDecidable, match="one line"):
        decide(sagemaker, find(sagemaker, GROUP, version), Verdict.REJECTED, comment)


def test_a_version_that_does_not_exist_is_named(sagemaker: Any) -> None:
    with pytest.raises(UnknownPackage, match="/999"):
        find(sagemaker, GROUP, "999")


def test_what_is_no_version_is_refused(sagemaker: Any) -> None:
    with pytest.raises(InvalidPackage, match="newest"):
        find(sagemaker, GROUP, "newest")


def test_an_operator_is_told_what_an_approval_waits_for(sagemaker: Any, version: str) -> None:
    package = find(sagemaker, GROUP, version)
    running = Rollout("prod-v9-x", 9, "RUNNING", datetime(2026, 11, 21, 9, tzinfo=UTC))
    told = consequence(Verdict.APPROVED, package, "prod", "other/7", [running])
    waits = "waits for the rollout of version 9 under way since 2026-11-21T09:00:00.000Z."
    assert told == f"Its rollout to prod, which serves version 7, {waits}"


@pytest.mark.parametrize(
    ("verdict", "serving", "told"),
    [
        (Verdict.APPROVED, None, "Its rollout to prod, which serves nothing, begins."),
        (Verdict.APPROVED, "other/7", "Its rollout to prod, which serves version 7, begins."),
        (
            Verdict.REJECTED,
            "other/7",
            "It does not go to prod, or goes back if its rollout is under way.",
        ),
        (Verdict.REJECTED, "itself", "prod serves it, and goes on."),
    ],
)
def test_an_operator_is_told_what_a_verdict_leads_to(
    sagemaker: Any, version: str, verdict: Verdict, serving: str | None, told: str
) -> None:
    package = find(sagemaker, GROUP, version)
    arn = package.arn if serving == "itself" else serving
    assert consequence(verdict, package, "prod", arn).startswith(told)
