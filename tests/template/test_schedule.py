"""The template's schedule through clock changes, a leap day and a year's end: a night a day."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from docs.generate import ROOT
from embedded_aws.cloudformation.template import parse
from embedded_aws.instance import Instance
from embedded_aws.settings import Settings
from embedded_aws.testing import make_role
from night.start import data_date, start

TEMPLATE: dict[str, Any] = parse((ROOT / "template.yaml").read_text())
NIGHTLY = TEMPLATE["Resources"]["StartNightFunction"]["Properties"]["Events"]["Nightly"]
INPUT = NIGHTLY["Properties"]["Input"]["Fn::Sub"]
EXPRESSION = TEMPLATE["Parameters"]["ScheduleExpression"]["Default"]
PASS = {"StartAt": "Night", "States": {"Night": {"Type": "Pass", "End": True}}}

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo"]
# From noon to noon in UTC, which is two in the morning nowhere.
SPANS = {
    "Europe's autumn": (date(2026, 10, 23), date(2026, 10, 27)),
    "America's autumn": (date(2026, 10, 30), date(2026, 11, 3)),
    "the year's end": (date(2026, 12, 30), date(2027, 1, 2)),
    "America's spring": (date(2027, 3, 12), date(2027, 3, 16)),
    "Europe's spring": (date(2027, 3, 26), date(2027, 3, 30)),
    "the leap day": (date(2028, 2, 27), date(2028, 3, 2)),
}
NOON = time(12)
SKIPPED = {
    ("Europe/Berlin", "2027-03-27"),
    ("America/New_York", "2027-03-13"),
}
"""Nights that were due at two o'clock on a day that has none: `nightly backfill` finds them."""


@pytest.fixture(scope="module")
def aws_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An instance that begins before all of it."""
    begins = datetime(2026, 10, 20, tzinfo=UTC)
    return Settings(tmp_path_factory.mktemp("schedule"), start_at=begins)


@pytest.fixture(scope="module")
def nights(aws: Instance, client: Callable[[str], Any]) -> dict[str, list[dict[str, Any]]]:
    """What is started of the events that the schedule sends in each zone, by zone."""
    queues = {zone: _scheduled(client, zone) for zone in ZONES}
    events: dict[str, list[dict[str, str]]] = {zone: [] for zone in ZONES}
    for _, last in SPANS.values():
        aws.clock.advance_to(datetime.combine(last, NOON, UTC))
        for zone, queue_url in queues.items():
            events[zone] += _received(client("sqs"), queue_url)
    stepfunctions = client("stepfunctions")
    role_arn = make_role(client("iam"), "machine", "states")
    found = {}
    for zone, sent in events.items():
        machine = stepfunctions.create_state_machine(
            name=_legal(zone), definition=json.dumps(PASS), roleArn=role_arn
        )["stateMachineArn"]
        ordered = sorted(sent, key=lambda it: it["ScheduledTime"])
        dates = [data_date(it["ScheduledTime"], it["TimeZone"]) for it in ordered]
        found[zone] = [start(stepfunctions, machine, it) for it in dates]
    return found


def _scheduled(client: Callable[[str], Any], zone: str) -> str:
    """Schedule the template's event in a zone, for the length of each span, to a queue; its URL."""
    queue_url = client("sqs").create_queue(QueueName=_legal(zone))["QueueUrl"]
    attributes = client("sqs").get_queue_attributes(QueueUrl=queue_url, AttributeNames=["All"])
    role_arn = make_role(client("iam"), f"scheduler-{_legal(zone)}", "scheduler")
    for number, (first, last) in enumerate(SPANS.values()):
        client("scheduler").create_schedule(
            Name=f"{_legal(zone)}-{number}",
            ScheduleExpression=EXPRESSION,
            ScheduleExpressionTimezone=zone,
            StartDate=datetime.combine(first, NOON, UTC),
            EndDate=datetime.combine(last, NOON, UTC),
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={
                "Arn": attributes["Attributes"]["QueueArn"],
                "RoleArn": role_arn,
                "Input": INPUT.replace("${ScheduleTimeZone}", zone),
            },
        )
    return str(queue_url)


def _received(sqs: Any, queue_url: str) -> Iterator[dict[str, str]]:
    for message in sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10)["Messages"]:
        sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
        yield json.loads(message["Body"])


def _legal(zone: str) -> str:
    return zone.replace("/", "-")


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("span", SPANS)
def test_every_day_has_one_night_but_where_two_oclock_is_skipped(
    nights: dict[str, list[dict[str, Any]]], zone: str, span: str
) -> None:
    first, last = SPANS[span]
    days = [(first + timedelta(days=day)).isoformat() for day in range((last - first).days)]
    started = [it["DataDate"] for it in nights[zone] if it["DataDate"] in days]
    assert started == [it for it in days if (zone, it) not in SKIPPED]


@pytest.mark.parametrize("zone", ZONES)
def test_none_of_them_is_started_twice(nights: dict[str, list[dict[str, Any]]], zone: str) -> None:
    assert all(night["Started"] for night in nights[zone])
