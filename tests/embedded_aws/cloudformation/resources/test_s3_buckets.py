"""AWS::S3::Bucket and AWS::S3::BucketPolicy."""

from __future__ import annotations

from typing import Any

import pytest

ALL_BLOCKED = {
    "BlockPublicAcls": True,
    "BlockPublicPolicy": True,
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": True,
}
ENCRYPTION = {
    "ServerSideEncryptionConfiguration": [
        {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}
    ]
}
LIFECYCLE = {
    "Rules": [
        {
            "Id": "clean",
            "Status": "Enabled",
            "Prefix": "runs/",
            "ExpirationInDays": "30",
            "NoncurrentVersionExpiration": {"NoncurrentDays": 7},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
        }
    ]
}


def bucket(**properties: Any) -> dict[str, Any]:
    return {"B": {"Type": "AWS::S3::Bucket", "Properties": properties}}


def test_a_bucket_has_all_that_its_template_asks_for(stacks: Any, client: Any) -> None:
    stacks.create(
        "Rich",
        bucket(
            VersioningConfiguration={"Status": "Enabled"},
            BucketEncryption=ENCRYPTION,
            PublicAccessBlockConfiguration=ALL_BLOCKED,
            OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
            LifecycleConfiguration=LIFECYCLE,
            ObjectLockEnabled=True,
            Tags=[{"Key": "k", "Value": "v"}],
        ),
        Outputs={"Arn": {"Value": {"Fn::GetAtt": ["B", "Arn"]}}},
    )
    s3, name = client("s3"), stacks.physical_id("Rich", "B")
    assert name.startswith("rich-b-")
    assert stacks.outputs("Rich")["Arn"] == f"arn:aws:s3:::{name}"
    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
    encryption = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]
    assert encryption["Rules"][0]["ApplyServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "AES256"
    }
    blocked = s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
    assert blocked == ALL_BLOCKED
    owners = s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]
    assert owners == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    (rule,) = s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    assert rule["ID"] == "clean"
    assert rule["Filter"] == {"Prefix": "runs/"}
    assert rule["Expiration"]["Days"] == 30
    assert rule["NoncurrentVersionExpiration"]["NoncurrentDays"] == 7
    assert s3.get_bucket_tagging(Bucket=name)["TagSet"] == [{"Key": "k", "Value": "v"}]
    lock = s3.get_object_lock_configuration(Bucket=name)["ObjectLockConfiguration"]
    assert lock["ObjectLockEnabled"] == "Enabled"


def test_what_a_template_drops_is_taken_off_the_bucket(
    stacks: Any, client: Any, is_gone: Any
) -> None:
    stacks.create(
        "poorer",
        bucket(
            VersioningConfiguration={"Status": "Enabled"},
            PublicAccessBlockConfiguration=ALL_BLOCKED,
            LifecycleConfiguration=LIFECYCLE,
            Tags=[{"Key": "k", "Value": "v"}],
        ),
    )
    s3, name = client("s3"), stacks.physical_id("poorer", "B")
    stacks.update("poorer", bucket())
    assert stacks.physical_id("poorer", "B") == name
    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Suspended"
    assert is_gone(lambda: s3.get_public_access_block(Bucket=name))
    assert is_gone(lambda: s3.get_bucket_lifecycle_configuration(Bucket=name))
    assert is_gone(lambda: s3.get_bucket_tagging(Bucket=name))


def test_a_bucket_goes_with_its_stack(stacks: Any, client: Any, is_gone: Any) -> None:
    stacks.create("going", bucket(BucketName="going-bucket"))
    assert stacks.delete("going") == "DELETE_COMPLETE"
    assert is_gone(lambda: client("s3").head_bucket(Bucket="going-bucket"))


def test_a_bucket_that_exists_is_not_taken_over(stacks: Any, client: Any) -> None:
    client("s3").create_bucket(Bucket="mine-already")
    stacks.create("greedy", bucket(BucketName="mine-already"))
    assert (
        "Resource of type 'AWS::S3::Bucket' with identifier 'mine-already' already exists."
        in stacks.failures("greedy")
    )


def test_a_tls_only_policy_does_not_lock_the_bucket(stacks: Any, client: Any, is_gone: Any) -> None:
    policy = {
        "Type": "AWS::S3::BucketPolicy",
        "Properties": {
            "Bucket": {"Ref": "B"},
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Deny",
                        "Principal": "*",
                        "Action": "s3:*",
                        "Resource": {"Fn::Sub": "${B.Arn}/*"},
                        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                    }
                ],
            },
        },
    }
    stacks.create("tls-only", {**bucket(), "P": policy})
    s3, name = client("s3"), stacks.physical_id("tls-only", "B")
    assert f"arn:aws:s3:::{name}/*" in s3.get_bucket_policy(Bucket=name)["Policy"]
    s3.put_object(Bucket=name, Key="k", Body=b"x")
    stacks.update("tls-only", bucket())
    assert is_gone(lambda: s3.get_bucket_policy(Bucket=name))


@pytest.mark.parametrize(
    "rule",
    [{"Status": "Enabled", "ExpirationInDays": 1, "Transition": {"StorageClass": "GLACIER"}}],
)
def test_a_lifecycle_rule_that_is_not_translated_fails_by_name(
    stacks: Any, rule: dict[str, Any]
) -> None:
    stacks.create("old-rule", bucket(LifecycleConfiguration={"Rules": [rule]}))
    assert "does not support lifecycle rules with ['Transition']" in stacks.failures("old-rule")


def test_a_bucket_notifies_until_its_template_no_longer_says_so(stacks: Any, client: Any) -> None:
    queue = {"Fn::GetAtt": ["Q", "Arn"]}
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue,
    }
    document = {"Version": "2012-10-17", "Statement": [statement]}
    policy = {"Queues": [{"Ref": "Q"}], "PolicyDocument": document}
    around = {
        "Q": {"Type": "AWS::SQS::Queue"},
        "P": {"Type": "AWS::SQS::QueuePolicy", "Properties": policy},
    }
    rules = {"S3Key": {"Rules": [{"Name": "prefix", "Value": "labelled/"}]}}
    told = {"Event": "s3:ObjectCreated:*", "Queue": queue, "Filter": rules}
    told_all = {
        "QueueConfigurations": [told],
        "EventBridgeConfiguration": {"EventBridgeEnabled": True},
    }
    notifying = bucket(NotificationConfiguration=told_all)
    notifying["B"]["DependsOn"] = "P"

    stacks.create("notifying", {**around, **notifying})
    name = stacks.physical_id("notifying", "B")
    found = client("s3").get_bucket_notification_configuration(Bucket=name)
    (configured,) = found["QueueConfigurations"]
    assert configured["Filter"]["Key"]["FilterRules"][0]["Value"] == "labelled/"
    stacks.update("notifying", {**around, **bucket()})
    assert "QueueConfigurations" not in client("s3").get_bucket_notification_configuration(
        Bucket=name
    )
