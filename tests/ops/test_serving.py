"""What an operator reads of the endpoints."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from lineage.rollouts.switches import Served
from lineage.signature import Signature
from lineage.vocabulary import Cause, Trigger
from ops.endpoints import Period, Present
from ops.registry import Package
from ops.rollouts import Rollout
from ops.serving import Serving, as_text

ARN = "arn:aws:sagemaker:us-east-1:123456789012:model-package/fraud/8"
PACKAGE = Package(ARN, "fraud", 8, "Completed", "Approved", "2026-11-19", "", 0.97, None, "", "")
ANN = "arn:aws:iam::123456789012:user/ann"
APPROVAL = Signature(ANN, "2026-11-20T09:00:00.000Z", "as agreed")
BEN = "arn:aws:iam::123456789012:user/ben"
ROLLBACK = Signature(BEN, "2026-11-21T09:00:00.000Z")
PRESENT = Present("InService", "fraud-production-v8")
SINCE = datetime(2026, 11, 20, 9, 4, tzinfo=UTC)


def shown(period: Period | None, package: Package | None) -> list[str]:
    serving = Serving("production", "fraud-production", PRESENT, period, package)
    return [line.strip() for line in as_text([serving]).splitlines()]


def test_a_package_is_shown_with_who_approved_it_and_why() -> None:
    served = Served(ARN, "d", "s3://fraud/r", Trigger.APPROVAL, APPROVAL)
    assert shown(Period(SINCE, Cause.SWITCHED, served), PACKAGE) == [
        "production  fraud-production, InService with fraud-production-v8",
        "version 8: night 2026-11-19, AUC 0.9700",
        f'since 2026-11-20T09:04:00.000Z, switched, approved by {ANN}, "as agreed"',
    ]


def test_a_rejection_is_shown_beside_the_approval_that_it_came_after() -> None:
    served = Served(ARN, "d", "s3://fraud/r", Trigger.APPROVAL, APPROVAL)
    rejection = Signature(BEN, "2026-11-21T09:00:00.000Z", "drifts")
    rejected, period = replace(PACKAGE, rejection=rejection), Period(SINCE, Cause.SWITCHED, served)
    assert shown(period, rejected)[2:] == [
        f'since 2026-11-20T09:04:00.000Z, switched, approved by {ANN}, "as agreed"',
        f'rejected at 2026-11-21T09:00:00.000Z by {BEN}, "drifts": it serves all the same',
    ]
    document = Serving("production", "p", PRESENT, period, rejected).document
    assert document["Rejection"] == rejection.document


def test_what_the_record_may_not_have_yet_is_shown() -> None:
    served = Served(ARN, "d", "s3://fraud/r", Trigger.APPROVAL, APPROVAL)
    period = Period(SINCE, Cause.SWITCHED, served)
    told = {"Since": "2026-11-21T09:00:00.000Z", "Deployments": [], "Found": "by-hand"}
    serving = Serving("production", "p", PRESENT, period, PACKAGE, told)
    assert as_text([serving]).splitlines()[-1].strip() == (
        "provisional since 2026-11-21T09:00:00.000Z: the endpoint has by-hand, of which no record"
        " tells yet"
    )
    assert serving.document["Provisional"] == told


def test_what_came_back_without_a_record_says_so() -> None:
    assert shown(Period(SINCE, Cause.RESTORED, None), None)[1:] == [
        "what no rollout on record brought",
        "since 2026-11-20T09:04:00.000Z, restored",
    ]


def test_an_endpoint_that_somebody_deleted_serves_nothing() -> None:
    period = Period(SINCE, Cause.FOUND, None, is_gone=True)
    assert shown(period, None)[1:] == [
        "nothing",
        "since 2026-11-20T09:04:00.000Z, deleted by no rollout",
    ]


def test_an_endpoint_that_never_served_has_nothing_to_show() -> None:
    assert shown(None, None)[1:] == ["nothing served yet"]


def test_a_rollout_that_failed_or_is_under_way_is_shown_with_what_serves() -> None:
    failed = Rollout("p-v9-x", 9, "FAILED", SINCE, SINCE, "SmokeTestFailed: row 0")
    running = Rollout("p-v9-y", 9, "RUNNING", SINCE)
    present = Present("Updating", "p-v8", "p-v9", "Baking")
    serving = Serving("production", "p", present, None, None, None, (failed, running))
    assert [line.strip() for line in as_text([serving]).splitlines()] == [
        "production  p, Updating with p-v8, changing to p-v9 (Baking)",
        "nothing served yet",
        "rollout of version 9 FAILED at 2026-11-20T09:04:00.000Z, SmokeTestFailed: row 0",
        "rollout of version 9 under way since 2026-11-20T09:04:00.000Z",
    ]
    assert serving.document["PendingEndpointConfigName"] == "p-v9"
    assert [it["Status"] for it in serving.document["Rollouts"]] == ["FAILED", "RUNNING"]


def test_programs_get_the_same() -> None:
    served = Served(ARN, "d", "s3://fraud/r", Trigger.ROLLBACK, APPROVAL, ROLLBACK)
    period = Period(SINCE, Cause.SWITCHED, served)
    document = Serving("production", "fraud-production", PRESENT, period, PACKAGE).document
    assert (document["Version"], document["Trigger"]) == (8, "Rollback")
    assert document["Since"] == "2026-11-20T09:04:00.000Z"
    assert (document["Approval"], document["Rollback"]) == (APPROVAL.document, ROLLBACK.document)
    told = f'approved by {ANN}, "as agreed", rolled back by {BEN}'
    assert shown(period, PACKAGE)[-1].endswith(told)
