"""Filters, order and pages of job lists."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from embedded_aws.gateway.service import ServiceError
from embedded_aws.sagemaker.jobs.listing import page

START = datetime(2026, 11, 1, tzinfo=UTC)


def job(name: str, day: int, status: str = "Completed") -> dict[str, Any]:
    when = START + timedelta(days=day)
    return {
        "ProcessingJobName": name,
        "ProcessingJobArn": f"arn:{name}",
        "ProcessingJobStatus": status,
        "CreationTime": when,
        "LastModifiedTime": when,
        "RoleArn": "role",
    }


JOBS = [job("b", 2), job("a", 1, "Failed"), job("c", 3)]


def names(**parameters: Any) -> list[str]:
    listed = page("Processing", JOBS, parameters)["ProcessingJobSummaries"]
    return [summary["ProcessingJobName"] for summary in listed]


def test_jobs_come_in_order_of_creation_oldest_first() -> None:
    assert names() == ["a", "b", "c"]


def test_the_order_can_be_turned_round() -> None:
    assert names(SortBy="Name", SortOrder="Descending") == ["c", "b", "a"]


def test_jobs_can_be_sorted_by_status() -> None:
    assert names(SortBy="Status")[-1] == "a"


def test_filters_must_all_hold() -> None:
    assert names(StatusEquals="Completed", CreationTimeAfter=START + timedelta(days=2)) == ["c"]
    assert names(NameContains="a", LastModifiedTimeBefore=START) == []


def test_pages_follow_each_other_without_gap_or_overlap() -> None:
    first = page("Processing", JOBS, {"MaxResults": 2})
    second = page("Processing", JOBS, {"MaxResults": 2, "NextToken": first["NextToken"]})
    both = first["ProcessingJobSummaries"] + second["ProcessingJobSummaries"]
    assert [summary["ProcessingJobName"] for summary in both] == ["a", "b", "c"]
    assert "NextToken" not in second


def test_a_summary_holds_no_member_of_the_request() -> None:
    (summary,) = page("Processing", JOBS[:1], {})["ProcessingJobSummaries"]
    assert "RoleArn" not in summary


def test_a_token_that_no_page_gave_is_refused() -> None:
    with pytest.raises(ServiceError, match="pagination token"):
        page("Processing", JOBS, {"NextToken": "not a token"})
