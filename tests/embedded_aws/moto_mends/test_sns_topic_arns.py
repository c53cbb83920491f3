from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.sns.models import SNSBackend

from embedded_aws.moto_mends import sns_topic_arns

SQS = {"Protocol": "sqs", "Endpoint": "arn:aws:sqs:us-east-1:123456789012:q"}


def test_stock_moto_fails_on_what_is_no_arn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SNSBackend, "get_topic", sns_topic_arns._STOCK)
    with mock_aws():
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        with pytest.raises(ValueError, match="not enough values to unpack"):
            boto3.client("sns", "us-east-1", **keys).get_topic_attributes(TopicArn="topic")


@pytest.mark.parametrize(("arn", "elements"), [("topic", 1), ("arn:aws:sns:us-east-1:t", 5)])
@pytest.mark.parametrize(
    "operation",
    [
        lambda sns, arn: sns.publish(TopicArn=arn, Message="m"),
        lambda sns, arn: sns.subscribe(TopicArn=arn, **SQS),
        lambda sns, arn: sns.get_topic_attributes(TopicArn=arn),
        lambda sns, arn: sns.list_subscriptions_by_topic(TopicArn=arn),
        lambda sns, arn: sns.delete_topic(TopicArn=arn),
    ],
    ids=["publish", "subscribe", "get", "list", "delete"],
)
def test_mended_it_is_an_invalid_parameter(
    client: Any, operation: Callable[[Any, str], Any], arn: str, elements: int
) -> None:
    with pytest.raises(ClientError, match=f"at least 6 elements, not {elements}") as refused:
        operation(client("sns"), arn)
    assert refused.value.response["Error"]["Code"] == "InvalidParameter"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
