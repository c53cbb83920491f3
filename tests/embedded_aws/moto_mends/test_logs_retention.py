from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.logs.models import LogsBackend

from embedded_aws.moto_mends import logs_retention


def keep(logs: Any, group: str, days: int) -> int:
    """A new group's retention, once it is set."""
    logs.create_log_group(logGroupName=group)
    logs.put_retention_policy(logGroupName=group, retentionInDays=days)
    (found,) = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    kept: int = found["retentionInDays"]
    return kept


def test_stock_moto_keeps_logs_for_any_number_of_days(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LogsBackend, "put_retention_policy", logs_retention._STOCK)
    with mock_aws():
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        assert keep(boto3.client("logs", "us-east-1", **keys), "stock", 15) == 15


def test_mended_only_some_numbers_of_days_are_possible(client: Any) -> None:
    with pytest.raises(ClientError, match="retentionInDays") as refused:
        keep(client("logs"), "fortnight", 15)
    assert refused.value.response["Error"]["Code"] == "InvalidParameterException"


def test_mended_a_possible_number_is_kept(client: Any) -> None:
    assert keep(client("logs"), "two-weeks", 14) == 14
