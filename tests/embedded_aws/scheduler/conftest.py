"""What the Scheduler's tests schedule: roles, queues, and schedules on them."""

from __future__ import annotations

import functools
import io
import itertools
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from embedded_aws import testing

Make = Callable[..., Any]


@pytest.fixture(scope="module")
def unique() -> Callable[[str], str]:
    """A name that no other test of the module has."""
    numbers: Iterator[int] = itertools.count()
    return lambda prefix: f"{prefix}-{next(numbers)}"


@pytest.fixture(scope="module")
def make_role(client: Make) -> Make:
    """Make a role that a service may assume; gives its ARN."""
    return functools.partial(testing.make_role, client("iam"))


@pytest.fixture(scope="module")
def role_arn(make_role: Make) -> str:
    """A role that the Scheduler may assume."""
    return str(make_role("scheduler", "scheduler"))


@pytest.fixture(scope="module")
def function(client: Make, make_role: Make) -> Make:
    """Create a function from the text of its module; gives its ARN."""

    def create(name: str, source: str) -> str:
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("app.py", source)
        made = client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role=make_role(f"{name}-role", "lambda"),
            Handler="app.handler",
            Code={"ZipFile": code.getvalue()},
            Timeout=60,
        )
        return str(made["FunctionArn"])

    return create


@pytest.fixture
def queue_arn(client: Make, unique: Callable[[str], str]) -> str:
    """An empty queue that takes messages of topics and rules."""
    sqs = client("sqs")
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": ["sns.amazonaws.com", "events.amazonaws.com"]},
        "Action": "sqs:SendMessage",
        "Resource": "*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": statement})
    queue = sqs.create_queue(QueueName=unique("queue"), Attributes={"Policy": policy})
    url = queue["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return str(found["Attributes"]["QueueArn"])


@pytest.fixture(scope="module")
def messages(client: Make) -> Make:
    """Take all messages out of a queue."""
    sqs = client("sqs")

    def take(queue_arn: str) -> list[dict[str, Any]]:
        url = sqs.get_queue_url(QueueName=queue_arn.rsplit(":", 1)[-1])["QueueUrl"]
        taken: list[dict[str, Any]] = []
        while received := sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        ).get("Messages"):
            taken.extend(received)
        return taken

    return take


@pytest.fixture(scope="module")
def bodies(messages: Make) -> Make:
    """Take the bodies of all messages out of a queue, in order."""
    return lambda queue_arn: sorted(message["Body"] for message in messages(queue_arn))


@pytest.fixture
def schedule(client: Make, role_arn: str, unique: Callable[[str], str]) -> Iterator[Make]:
    """Create schedules that are gone after the test; gives the schedule's name."""
    scheduler = client("scheduler")
    made: list[str] = []

    def create(expression: str, target_arn: str, **options: Any) -> str:
        name = options.pop("Name", None) or unique("schedule")
        target = {"Arn": target_arn, "RoleArn": role_arn, **options.pop("Target", {})}
        scheduler.create_schedule(
            Name=name,
            ScheduleExpression=expression,
            Target=target,
            **{"FlexibleTimeWindow": {"Mode": "OFF"}, **options},
        )
        made.append(name)
        return name

    yield create
    listed = {entry["Name"] for entry in scheduler.list_schedules()["Schedules"]}
    for name in set(made) & listed:
        scheduler.delete_schedule(Name=name)
