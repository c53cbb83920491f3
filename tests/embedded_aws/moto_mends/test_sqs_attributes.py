from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.sqs.models import Queue

from embedded_aws.moto_mends import sqs_attributes

WRONG = [
    {"VisibilityTimeout": "soon"},
    {"DelaySeconds": "901"},
    {"MessageRetentionPeriod": "1"},
    {"RedrivePolicy": "{"},
    {"RedriveAllowPolicy": "[]"},
]


def test_stock_moto_fails_on_a_number_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Queue, "_set_attributes", sqs_attributes._STOCK)
    with mock_aws():
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        sqs = boto3.client("sqs", "us-east-1", **keys)
        with pytest.raises(ValueError, match="invalid literal"):
            sqs.create_queue(QueueName="q", Attributes={"VisibilityTimeout": "soon"})


@pytest.mark.parametrize("attributes", WRONG)
def test_mended_a_queue_is_not_made_with_a_wrong_attribute(
    client: Any, attributes: dict[str, str]
) -> None:
    with pytest.raises(ClientError, match=f"InvalidAttributeValue.*{next(iter(attributes))}"):
        client("sqs").create_queue(QueueName="not-made", Attributes=attributes)


@pytest.mark.parametrize("attributes", WRONG)
def test_mended_a_wrong_attribute_changes_nothing(client: Any, attributes: dict[str, str]) -> None:
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="unchanged")["QueueUrl"]
    before = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    with pytest.raises(ClientError, match="InvalidAttributeValue"):
        sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)
    after = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert after == before


def test_mended_an_attribute_at_its_bound_is_kept(client: Any) -> None:
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="bound", Attributes={"DelaySeconds": "900"})["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["DelaySeconds"])
    assert found["Attributes"] == {"DelaySeconds": "900"}
