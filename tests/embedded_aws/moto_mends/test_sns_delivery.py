"""What stock moto does with messages; that it is mended is shown in tests/embedded_aws/delivery."""

from __future__ import annotations

from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from embedded_aws.moto_mends import sns_delivery

ACCOUNT, REGION = "123456789012", "us-east-1"


def test_stock_moto_takes_no_raw_delivery_for_raw_delivery() -> None:
    sns, sqs = sns_backends[ACCOUNT][REGION], sqs_backends[ACCOUNT][REGION]
    topic, queue = sns.create_topic("stock-topic"), sqs.create_queue("stock-queue")
    subscription = sns_delivery._STOCK_SUBSCRIBE(sns, topic.arn, queue.queue_arn, "sqs")
    subscription.attributes["RawMessageDelivery"] = "false"

    sns_delivery._STOCK_PUBLISH(subscription, "hello", "id")

    assert [message.body for message in queue._messages] == ["hello"]
    sns.reset()
    sqs.reset()


def test_stock_moto_takes_subscriptions_that_nothing_is_delivered_to() -> None:
    sns = sns_backends[ACCOUNT][REGION]
    topic = sns.create_topic("stock-topic")

    firehose = "arn:aws:firehose:us-east-1:123456789012:deliverystream/s"
    assert sns_delivery._STOCK_SUBSCRIBE(sns, topic.arn, firehose, "firehose")
    sns.reset()
