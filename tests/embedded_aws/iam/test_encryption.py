"""A customer's key must let in whoever has S3, SQS or SNS encrypt or decrypt with it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws.instance import Instance
from embedded_aws.service_principals import ServicePrincipal
from tests.embedded_aws.iam.statements import Statement, allow, document

Make = Callable[..., Any]
ACCOUNT: Statement = {
    **allow("kms:*"),
    "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
}
"""What lets the account's own policies decide ("Default key policy")."""


def by(service: str) -> dict[str, Any]:
    return {"StringEquals": {"kms:ViaService": f"{service}.us-east-1.amazonaws.com"}}


@pytest.fixture(scope="module")
def key(client: Make) -> Callable[..., str]:
    """Make keys with the given statements as their policy."""

    def make(*statements: Statement) -> str:
        created = client("kms").create_key(Policy=document(*statements))
        return str(created["KeyMetadata"]["Arn"])

    return make


@pytest.fixture(scope="module")
def bucket(client: Make) -> Callable[[str], str]:
    """Make buckets whose default encryption is by a key, with one object."""

    def make(key_arn: str) -> str:
        s3, name = client("s3"), f"bucket-{uuid.uuid4().hex[:8]}"
        s3.create_bucket(Bucket=name)
        rule = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key_arn}
        s3.put_bucket_encryption(
            Bucket=name,
            ServerSideEncryptionConfiguration={
                "Rules": [{"ApplyServerSideEncryptionByDefault": rule}]
            },
        )
        s3.put_object(Bucket=name, Key="there", Body=b"1")
        return name

    return make


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(ClientError) as refused:
        call()
    return str(refused.value)


def test_writing_needs_a_data_key_and_reading_its_decryption(
    key: Make, bucket: Make, user: Make, signed: Make
) -> None:
    name = bucket(key(ACCOUNT))
    writer = signed("s3", user(allow("s3:*"), allow("kms:GenerateDataKey", Condition=by("s3"))))
    reader = signed("s3", user(allow("s3:*"), allow("kms:Decrypt", Condition=by("s3"))))
    writer.put_object(Bucket=name, Key="new", Body=b"2")
    assert reader.get_object(Bucket=name, Key="new")["Body"].read() == b"2"
    assert "kms:Decrypt" in refusal(lambda: writer.get_object(Bucket=name, Key="there"))
    assert "kms:GenerateDataKey" in refusal(lambda: reader.put_object(Bucket=name, Key="x"))


def test_an_object_in_parts_needs_both(key: Make, bucket: Make, user: Make, signed: Make) -> None:
    name = bucket(key(ACCOUNT))
    writer = signed("s3", user(allow("s3:*"), allow("kms:GenerateDataKey")))
    said = refusal(lambda: writer.create_multipart_upload(Bucket=name, Key="large"))
    assert "kms:Decrypt" in said


def test_a_permission_for_one_service_does_not_hold_for_another(
    key: Make, bucket: Make, user: Make, signed: Make
) -> None:
    key_arn = key(ACCOUNT)
    keys = user(allow("s3:*"), allow("kms:*", Condition=by("sqs")))
    said = refusal(lambda: signed("s3", keys).get_object(Bucket=bucket(key_arn), Key="there"))
    assert "kms:Decrypt" in said
    assert "kms:Decrypt" in refusal(
        lambda: signed("kms", keys).decrypt(KeyId=key_arn, CiphertextBlob=b"1")
    )


def test_a_key_that_does_not_let_the_account_in_lets_none_of_its_users_in(
    key: Make, bucket: Make, user: Make, signed: Make
) -> None:
    other = {**allow("kms:*"), "Principal": {"AWS": "arn:aws:iam::999999999999:root"}}
    root = {**allow("kms:*"), "Principal": {"Service": "logs.amazonaws.com"}}
    name = bucket(key(ACCOUNT))
    reader = signed("s3", user(allow("s3:*"), allow("kms:*")))
    reader.get_object(Bucket=name, Key="there")
    said = refusal(
        lambda: reader.put_object(
            Bucket=name,
            Key="new",
            ServerSideEncryption="aws:kms",
            SSEKMSKeyId=key(other, root),
        )
    )
    assert "no resource-based policy allows the kms:GenerateDataKey action" in said


def test_what_asks_for_no_key_of_a_customers_needs_none(
    client: Make, key: Make, bucket: Make, user: Make, signed: Make
) -> None:
    writer = signed("s3", user(allow("s3:*")))
    name = bucket(key(ACCOUNT))
    writer.put_object(Bucket=name, Key="new", ServerSideEncryption="AES256")
    client("s3").delete_bucket_encryption(Bucket=name)
    writer.put_object(Bucket=name, Key="newer")


def test_messages_of_a_queue_need_it_to_be_sent_and_to_be_received(
    client: Make, key: Make, user: Make, signed: Make
) -> None:
    attributes = {"KmsMasterKeyId": key(ACCOUNT)}
    url = client("sqs").create_queue(QueueName="encrypted", Attributes=attributes)["QueueUrl"]
    sender = signed("sqs", user(allow("sqs:*"), allow("kms:GenerateDataKey")))
    said = refusal(lambda: sender.send_message(QueueUrl=url, MessageBody="1"))
    assert "kms:Decrypt" in said
    both = signed("sqs", user(allow("sqs:*"), allow("kms:GenerateDataKey", "kms:Decrypt")))
    both.send_message(QueueUrl=url, MessageBody="1")
    blind = signed("sqs", user(allow("sqs:*")))
    assert "kms:Decrypt" in refusal(lambda: blind.receive_message(QueueUrl=url))


def test_a_service_publishes_to_a_topic_if_the_keys_policy_names_it(
    aws: Instance, client: Make, key: Make
) -> None:
    alarms = {**allow("kms:*"), "Principal": {"Service": "cloudwatch.amazonaws.com"}}
    cloudwatch = ServicePrincipal("cloudwatch.amazonaws.com")
    sns = aws.environment.clients.as_principal("sns", cloudwatch)
    for statements, is_let in (((ACCOUNT,), False), ((ACCOUNT, alarms), True)):
        made = client("sns").create_topic(
            Name=f"alarms-{is_let}".lower(), Attributes={"KmsMasterKeyId": key(*statements)}
        )
        topic = made["TopicArn"]
        allowed = {
            **allow("sns:Publish", resource=topic),
            "Principal": {"Service": cloudwatch.name},
        }
        client("sns").set_topic_attributes(
            TopicArn=topic,
            AttributeName="Policy",
            AttributeValue=json.dumps({"Version": "2012-10-17", "Statement": [allowed]}),
        )
        if is_let:
            assert sns.publish(TopicArn=topic, Message="ring")["MessageId"]
        else:
            said = refusal(lambda: sns.publish(TopicArn=topic, Message="ring"))  # noqa: B023  # called at once
            assert "kms:GenerateDataKey" in said
