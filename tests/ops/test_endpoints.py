"""Where a rollback returns to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lineage.rollouts.switches import Served
from lineage.vocabulary import Cause, Trigger
from ops.endpoints import Period, Present, served_before

START = datetime(2026, 11, 1, tzinfo=UTC)


CAUSES = {
    "restored": Cause.RESTORED,
    "removed": Cause.REMOVED,
    "deleted": Cause.FOUND,
    "found": Cause.FOUND,
}


def package(version: int) -> str:
    return f"arn:aws:sagemaker:us-east-1:123456789012:model-package/fraud/{version}"


def period(number: int, told: str) -> Period:
    """What ``8`` (approved), ``back 8``, or a cause with or without a version tells of."""
    how, _, version = told.rpartition(" ")
    trigger = Trigger.ROLLBACK if how == "back" else Trigger.APPROVAL
    cause = CAUSES.get(how or told, Cause.SWITCHED)
    since = START + timedelta(days=number)
    if told in {"removed", "deleted"}:
        return Period(since, cause, None, is_gone=True)
    return Period(since, cause, Served(package(int(version)), "d", "s3://b/r", trigger, None))


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        ("7, 8", 7),
        ("8", None),
        ("", None),
        ("7, 8, 8", 7),
        ("7, 8, 9, restored 8", 7),
        ("7, 8, 9, back 8", 7),
        ("7, 8, 9, back 8, 10", 8),
        ("7, 8, 9, back 8, 9, 10", 9),
        ("7, 8, 9, back 7", None),
        ("7, 8, 9, restored 8, 9, restored 8", 7),
        ("7, removed, 8", None),
        ("7, 8, found 9", 8),
        ("7, 8, 9, 10, found 9", 8),
        ("7, 8, found 9, 10", 9),
        ("9, 8, found 9", 8),
        ("found 9", None),
        ("7, deleted, 8", 7),
        ("7, 8, deleted", 8),
        ("7, 8, 9, 9, back 8", 7),
        ("7, 9, 7, back 9", None),
        ("6, 7, 9, 7, back 9", 6),
        ("7, 9, 7, restored 9", None),
        ("9, 7, back 9, 7, 8, back 7", 9),
    ],
)
def test_a_rollback_returns_to_what_served_before_and_was_not_taken_back(
    log: str, expected: int | None
) -> None:
    oldest_first = [period(*each) for each in enumerate(filter(None, log.split(", ")))]
    wanted = None if expected is None else package(expected)
    assert served_before(reversed(oldest_first)).package_arn == wanted


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        ("8", {}),
        ("7, 8", {}),
        ("7, 8, 9, back 7", {9: 3, 8: 3}),
        ("7, removed, 8", {7: 1}),
        ("8, 9, restored 8", {9: 2}),
        ("7, 8, 9, restored 8, 10, back 8", {10: 5, 9: 3}),
    ],
)
def test_what_was_taken_back_is_told_with_what_took_it_back(
    log: str, expected: dict[int, int]
) -> None:
    oldest_first = [period(*each) for each in enumerate(log.split(", "))]
    passed_over = served_before(reversed(oldest_first)).passed_over
    assert passed_over == {package(it): oldest_first[by] for it, by in expected.items()}


CHANGING = {
    "EndpointStatus": "Updating",
    "EndpointConfigName": "prod-v8",
    "PendingDeploymentSummary": {
        "EndpointConfigName": "prod-v9",
        "ProductionVariants": [{"VariantStatus": [{"Status": "Baking"}]}],
    },
}


@pytest.mark.parametrize(
    ("described", "shown"),
    [
        (None, "Missing"),
        (
            {"EndpointStatus": "InService", "EndpointConfigName": "prod-v8"},
            "InService with prod-v8",
        ),
        (CHANGING, "Updating with prod-v8, changing to prod-v9 (Baking)"),
        (
            CHANGING | {"EndpointStatus": "Creating", "EndpointConfigName": "prod-v9"},
            "Creating with prod-v9 (Baking)",
        ),
        (
            CHANGING | {"EndpointStatus": "RollingBack"},
            "RollingBack to prod-v8 from prod-v9 (Baking)",
        ),
    ],
    ids=["missing", "at-rest", "changing", "first", "going back"],
)
def test_an_endpoint_is_shown_as_sagemaker_has_it(
    described: dict[str, Any] | None, shown: str
) -> None:
    assert str(Present.parse(described)) == shown
