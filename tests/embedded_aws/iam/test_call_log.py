"""The log of calls is bounded, and finds calls by what is known of them."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from embedded_aws.iam.call_log import CallLog, CallRecord, Judgement
from embedded_aws.instance import Instance

RECORD = CallRecord(
    at=datetime(2026, 11, 1, tzinfo=UTC),
    caller="arn:aws:iam::123456789012:root",
    principal="arn:aws:iam::123456789012:root",
    service="sqs",
    operation="ListQueues",
    judgements=(Judgement("sqs:ListQueues", "*", "allowed"),),
)


def test_memory_is_bounded() -> None:
    log = CallLog()
    for number in range(50_010):
        log.add(replace(RECORD, status=number))
    assert len(log) == 50_000
    assert (log[0].status, log[-1].status) == (10, 50_009)


def test_calls_are_told_apart_by_their_members_and_actions() -> None:
    log = CallLog()
    log.add(replace(RECORD, status=200))
    log.add(replace(RECORD, status=403, error_code="AccessDenied"))
    assert [call.status for call in log.matching(error_code="AccessDenied")] == [403]
    assert len(log.matching(action="sqs:ListQueues", operation="ListQueues")) == 2
    assert log.matching(action="sqs:SendMessage") == []
    log.clear()
    assert list(log) == []


def test_the_control_plane_tells_the_calls(aws: Instance, client: Callable[[str], Any]) -> None:
    client("sqs").list_queues()
    with urllib.request.urlopen(f"{aws.url}/_embedded/calls?action=sqs:ListQueues") as answer:  # noqa: S310  # loopback
        (call,) = json.load(answer)["calls"]
    assert call["judgements"][0]["decision"] == "allowed"
    assert (call["operation"], call["status"]) == ("ListQueues", 200)
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(f"{aws.url}/_embedded/calls?colour=red")  # noqa: S310  # loopback
