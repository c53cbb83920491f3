from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from embedded_aws.awslambda.log_delivery import BATCH_SECONDS
from embedded_aws.instance import Instance

Make = Callable[..., Any]
TALKS = """
import logging
def handler(event, context):
    print("printed")
    logging.getLogger().error("logged")
    if event.get("fail"):
        raise ValueError("boom")
"""


@pytest.fixture
def logged(aws: Instance, client: Make) -> Make:
    """Everything in a log group, once the pending batch is delivered."""

    def logged(group: str) -> list[dict[str, Any]]:
        clock = aws.environment.clock
        clock.advance_to(clock.now() + timedelta(seconds=BATCH_SECONDS))
        events = client("logs").filter_log_events(logGroupName=group)["events"]
        return list(events)

    return logged


def test_output_arrives_between_lambdas_own_lines(
    function: Make, invoke: Make, logged: Make
) -> None:
    name = function(TALKS)
    invoke(name)
    start, printed, log, end, report = [event["message"] for event in logged(f"/aws/lambda/{name}")]
    assert start.startswith("START RequestId: ")
    assert printed == "printed"
    assert log.startswith("[ERROR]")
    assert end.startswith("END RequestId: ")
    assert report.startswith("REPORT RequestId: ")


def test_events_are_stamped_by_the_virtual_clock(
    aws: Instance, function: Make, invoke: Make, logged: Make
) -> None:
    name = function(TALKS)
    before = aws.environment.clock.now().timestamp() * 1000
    invoke(name)
    after = aws.environment.clock.now().timestamp() * 1000
    stamps = [event["timestamp"] for event in logged(f"/aws/lambda/{name}")]
    assert all(before - 1 <= stamp <= after for stamp in stamps)


def test_a_traceback_is_one_event(function: Make, invoke: Make, logged: Make) -> None:
    name = function(TALKS)
    invoke(name, {"fail": True})
    messages = [event["message"] for event in logged(f"/aws/lambda/{name}")]
    (traceback,) = [message for message in messages if "Traceback" in message]
    assert traceback.startswith("[ERROR] ValueError: boom\nTraceback (most recent call last):")


def test_a_timeout_is_told_in_the_log(function: Make, invoke: Make, logged: Make) -> None:
    name = function("import time\ndef handler(event, context): time.sleep(60)", Timeout=1)
    invoke(name)
    messages = [event["message"] for event in logged(f"/aws/lambda/{name}")]
    assert any(message.endswith("Task timed out after 1.00 seconds\n") for message in messages)
    assert messages[-1].rstrip().endswith("Status: timeout")


def test_an_environment_writes_one_stream(
    function: Make, invoke: Make, logged: Make, client: Make
) -> None:
    name = function(TALKS)
    for _ in range(3):
        invoke(name)
    logged(f"/aws/lambda/{name}")
    streams = client("logs").describe_log_streams(logGroupName=f"/aws/lambda/{name}")
    assert len(streams["logStreams"]) == 1
    assert streams["logStreams"][0]["logStreamName"].startswith("2026/11/0")


def test_an_existing_group_of_the_functions_choice_is_written_to(
    function: Make, invoke: Make, logged: Make, client: Make
) -> None:
    client("logs").create_log_group(logGroupName="/chosen")
    invoke(function(TALKS, LoggingConfig={"LogGroup": "/chosen"}))
    assert "printed" in [event["message"] for event in logged("/chosen")]


def test_the_json_format_has_platform_records_and_application_documents(
    function: Make, invoke: Make, logged: Make
) -> None:
    name = function(TALKS, LoggingConfig={"LogFormat": "JSON", "ApplicationLogLevel": "ERROR"})
    invoke(name)
    messages = [event["message"] for event in logged(f"/aws/lambda/{name}")]
    start, log, report = [json.loads(text) for text in messages if text.startswith("{")]
    assert start["type"] == "platform.start"
    assert log["level"] == "ERROR"
    assert log["message"] == "logged"
    assert report["type"] == "platform.report"
    assert report["record"]["status"] == "success"
    assert report["record"]["metrics"]["memorySizeMB"] == 128


def test_a_system_log_level_of_warn_leaves_only_the_functions_own_lines(
    function: Make, invoke: Make, logged: Make
) -> None:
    name = function(TALKS, LoggingConfig={"LogFormat": "JSON", "SystemLogLevel": "WARN"})
    invoke(name)
    messages = [event["message"] for event in logged(f"/aws/lambda/{name}")]
    assert not any("platform." in message for message in messages)
    assert "printed" in messages
