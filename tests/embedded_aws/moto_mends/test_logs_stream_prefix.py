"""FilterLogEvents of the streams whose names begin as asked, such as those of one job."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.core.utils import unix_time_millis
from moto.logs.responses import LogsResponse

from embedded_aws.moto_mends import logs_stream_prefix


def write(logs: Any, group: str, *streams: str) -> None:
    """A new group, whose streams have one line each: their own name."""
    logs.create_log_group(logGroupName=group)
    for stream in streams:
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
        # By the clock that moto has, for it takes no line from weeks ago or from the future.
        line = {"timestamp": int(unix_time_millis()), "message": stream}
        logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=[line])


def read(logs: Any, group: str, **asked: Any) -> list[str]:
    found = logs.filter_log_events(logGroupName=group, **asked)["events"]
    return [event["message"] for event in found]


def test_stock_moto_searches_every_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LogsResponse, "filter_log_events", logs_stream_prefix._STOCK)
    with mock_aws():
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        logs = boto3.client("logs", "us-east-1", **keys)
        write(logs, "stock", "job-1/a", "job-2/a")
        assert read(logs, "stock", logStreamNamePrefix="job-2/") == ["job-1/a", "job-2/a"]


@pytest.mark.parametrize(
    ("prefix", "found"),
    [("job-1/", ["job-1/a", "job-1/b"]), ("job-", ["job-1/a", "job-1/b", "job-2/a"]), ("job/", [])],
)
def test_mended_those_alone_whose_names_begin_so(
    client: Callable[[str], Any], prefix: str, found: list[str]
) -> None:
    group = f"jobs of {prefix}".replace(" ", "-")
    write(client("logs"), group, "job-1/a", "job-1/b", "job-2/a")
    assert read(client("logs"), group, logStreamNamePrefix=prefix) == found


def test_mended_names_are_not_asked_for_beside_a_prefix(client: Callable[[str], Any]) -> None:
    write(client("logs"), "both", "one")
    with pytest.raises(ClientError) as refused:
        read(client("logs"), "both", logStreamNamePrefix="o", logStreamNames=["one"])
    assert refused.value.response["Error"]["Code"] == "InvalidParameterException"


def test_mended_a_group_that_is_missing_is_told(client: Callable[[str], Any]) -> None:
    with pytest.raises(ClientError) as refused:
        read(client("logs"), "missing", logStreamNamePrefix="o")
    assert refused.value.response["Error"]["Code"] == "ResourceNotFoundException"
