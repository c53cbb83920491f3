from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws.instance import Instance

Make = Callable[..., Any]


def test_there_is_always_a_default_group(client: Make) -> None:
    assert client("scheduler").get_schedule_group(Name="default")["State"] == "ACTIVE"


def test_the_default_group_cannot_be_deleted(client: Make) -> None:
    with pytest.raises(ClientError, match="default"):
        client("scheduler").delete_schedule_group(Name="default")


def test_a_group_goes_with_its_schedules(
    aws: Instance, client: Make, schedule: Make, queue_arn: str, messages: Make
) -> None:
    client("scheduler").create_schedule_group(Name="doomed")
    schedule("cron(0 2 * * ? *)", queue_arn, Name="inside", GroupName="doomed")
    client("scheduler").delete_schedule_group(Name="doomed")
    aws.environment.clock.advance_to(aws.environment.clock.now() + timedelta(days=2))
    assert messages(queue_arn) == []
    with pytest.raises(ClientError, match="Schedule group doomed does not exist"):
        client("scheduler").get_schedule(Name="inside", GroupName="doomed")


def test_names_are_unique_within_a_group_only(client: Make, schedule: Make, queue_arn: str) -> None:
    client("scheduler").create_schedule_group(Name="other")
    schedule("cron(0 2 * * ? *)", queue_arn, Name="twin")
    schedule("cron(0 2 * * ? *)", queue_arn, Name="twin", GroupName="other")
    client("scheduler").delete_schedule_group(Name="other")


def test_a_taken_group_name_is_a_conflict(client: Make) -> None:
    client("scheduler").create_schedule_group(Name="taken")
    with pytest.raises(ClientError, match="Schedule group taken already exists"):
        client("scheduler").create_schedule_group(Name="taken")


def test_groups_are_listed_by_prefix(client: Make) -> None:
    for name in ("prefix-b", "prefix-a"):
        client("scheduler").create_schedule_group(Name=name)
    found = client("scheduler").list_schedule_groups(NamePrefix="prefix")["ScheduleGroups"]
    assert [group["Name"] for group in found] == ["prefix-a", "prefix-b"]


def test_groups_have_tags(client: Make) -> None:
    scheduler = client("scheduler")
    made = scheduler.create_schedule_group(Name="tagged", Tags=[{"Key": "a", "Value": "1"}])
    arn = made["ScheduleGroupArn"]
    scheduler.tag_resource(ResourceArn=arn, Tags=[{"Key": "b", "Value": "2"}])
    scheduler.untag_resource(ResourceArn=arn, TagKeys=["a"])
    assert scheduler.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "b", "Value": "2"}]
