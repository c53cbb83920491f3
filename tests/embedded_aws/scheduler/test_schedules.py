from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

Make = Callable[..., Any]
QUEUE = "arn:aws:sqs:us-east-1:123456789012:q"


def code(refused: pytest.ExceptionInfo[ClientError]) -> str:
    return str(refused.value.response["Error"]["Code"])


def test_what_a_request_leaves_out_is_shown_with_awss_defaults(
    schedule: Make, client: Make
) -> None:
    name = schedule("cron(0 2 * * ? *)", QUEUE, State="DISABLED")
    found = client("scheduler").get_schedule(Name=name)
    assert found["GroupName"] == "default"
    assert found["ScheduleExpressionTimezone"] == "UTC"
    assert found["ActionAfterCompletion"] == "NONE"
    assert found["Target"]["RetryPolicy"] == {
        "MaximumEventAgeInSeconds": 86_400,
        "MaximumRetryAttempts": 185,
    }


def test_what_is_given_is_shown_as_given(schedule: Make, client: Make) -> None:
    given = {
        "Description": "nightly",
        "State": "DISABLED",
        "ScheduleExpressionTimezone": "Europe/Berlin",
        "FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15},
        "StartDate": datetime(2027, 1, 1, tzinfo=UTC),
        "EndDate": datetime(2027, 2, 1, tzinfo=UTC),
        "ActionAfterCompletion": "DELETE",
    }
    name = schedule("cron(0 2 * * ? *)", QUEUE, **given)
    found = client("scheduler").get_schedule(Name=name)
    assert {key: found[key] for key in given} == given


def test_an_update_resets_what_it_leaves_out(schedule: Make, client: Make, role_arn: str) -> None:
    scheduler = client("scheduler")
    name = schedule("cron(0 2 * * ? *)", QUEUE, Description="old", State="DISABLED")
    before = scheduler.get_schedule(Name=name)
    scheduler.update_schedule(
        Name=name,
        ScheduleExpression="cron(0 3 * * ? *)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": QUEUE, "RoleArn": role_arn},
    )
    after = scheduler.get_schedule(Name=name)
    assert "Description" not in after
    assert after["State"] == "ENABLED"
    assert after["CreationDate"] == before["CreationDate"]
    assert after["LastModificationDate"] > before["LastModificationDate"]


def test_a_taken_name_is_a_conflict(schedule: Make) -> None:
    name = schedule("cron(0 2 * * ? *)", QUEUE)
    with pytest.raises(ClientError, match=f"Schedule {name} already exists") as refused:
        schedule("cron(0 2 * * ? *)", QUEUE, Name=name)
    assert code(refused) == "ConflictException"


def test_the_same_client_token_creates_once(schedule: Make) -> None:
    name = schedule("cron(0 2 * * ? *)", QUEUE, ClientToken="token")
    assert schedule("cron(0 2 * * ? *)", QUEUE, Name=name, ClientToken="token") == name


@pytest.mark.parametrize("operation", ["get_schedule", "delete_schedule"])
def test_a_missing_schedule_is_not_found(operation: str, client: Make) -> None:
    with pytest.raises(ClientError, match="Schedule none does not exist") as refused:
        getattr(client("scheduler"), operation)(Name="none")
    assert code(refused) == "ResourceNotFoundException"


def test_lists_go_by_group_prefix_and_state_in_pages(schedule: Make, client: Make) -> None:
    client("scheduler").create_schedule_group(Name="listed")
    for number in range(5):
        state = "ENABLED" if number % 2 else "DISABLED"
        schedule("cron(0 2 * * ? *)", QUEUE, Name=f"list-{number}", GroupName="listed", State=state)
    pages = client("scheduler").get_paginator("list_schedules")

    def listed(**filters: str) -> list[str]:
        found = pages.paginate(PaginationConfig={"PageSize": 2}, GroupName="listed", **filters)
        return [entry["Name"] for page in found for entry in page["Schedules"]]

    assert listed() == [f"list-{number}" for number in range(5)]
    assert listed(State="ENABLED") == ["list-1", "list-3"]
    assert listed(NamePrefix="list-4") == ["list-4"]
    client("scheduler").delete_schedule_group(Name="listed")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"FlexibleTimeWindow": {"Mode": "FLEXIBLE"}}, "MaximumWindowInMinutes"),
        ({"FlexibleTimeWindow": {"Mode": "OFF", "MaximumWindowInMinutes": 5}}, "FLEXIBLE"),
        ({"ScheduleExpressionTimezone": "Mars/Olympus"}, "Timezone"),
        (
            {
                "StartDate": datetime(2027, 2, 1, tzinfo=UTC),
                "EndDate": datetime(2027, 1, 1, tzinfo=UTC),
            },
            "StartDate must be before the EndDate",
        ),
    ],
)
def test_contradictory_settings_are_refused(
    options: dict[str, Any], message: str, schedule: Make
) -> None:
    with pytest.raises(ClientError, match=message) as refused:
        schedule("cron(0 2 * * ? *)", QUEUE, **options)
    assert code(refused) == "ValidationException"


def test_a_customers_key_is_refused_by_name(schedule: Make) -> None:
    with pytest.raises(ClientError, match="KmsKeyArn"):
        schedule("cron(0 2 * * ? *)", QUEUE, KmsKeyArn="arn:aws:kms:us-east-1:123456789012:key/k")


def test_a_role_that_does_not_trust_the_scheduler_is_refused(
    schedule: Make, make_role: Make
) -> None:
    target = {"RoleArn": make_role("wrong", "lambda")}
    with pytest.raises(ClientError, match="must allow AWS EventBridge Scheduler") as refused:
        schedule("cron(0 2 * * ? *)", QUEUE, Target=target)
    assert code(refused) == "ValidationException"


def test_a_missing_group_is_not_found(schedule: Make) -> None:
    with pytest.raises(ClientError, match="Schedule group none does not exist") as refused:
        schedule("cron(0 2 * * ? *)", QUEUE, GroupName="none")
    assert code(refused) == "ResourceNotFoundException"
