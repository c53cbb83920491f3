"""Documents that AWS does not keep, put where policies are kept."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.embedded_aws.iam.statements import allow, document, trusting

Make = Callable[..., Any]
ACCOUNT = "123456789012"
NOBODY = f"arn:aws:iam::{ACCOUNT}:role/nobody"


@pytest.fixture(scope="module")
def bucket(client: Make) -> str:
    client("s3").create_bucket(Bucket="documents")
    return "documents"


def reading(**elements: Any) -> dict[str, Any]:
    """A statement of the bucket's policy; an element that is None is left out."""
    statement = allow("s3:GetObject", resource="arn:aws:s3:::documents/*", Principal="*")
    return {name: value for name, value in {**statement, **elements}.items() if value is not None}


@pytest.mark.parametrize(
    "elements",
    [
        {"Principal": None},
        {"Resource": None},
        {"Action": None},
        {"NotAction": "s3:PutObject"},
        {"NotResource": "arn:aws:s3:::documents/a"},
        {"NotPrincipal": {"AWS": "*"}},
        {"Resource": "arn:aws:s3:::elsewhere/*"},
        {"Resource": "*"},
        {"Action": "sqs:SendMessage"},
        {"Action": []},
        {"Action": [1]},
        {"Principal": {"AWS": NOBODY}},
        {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/*"}},
        {"Principal": {"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/nobody/night"}},
        {"Principal": {"AWS": "nobody"}},
        {"Condition": {"NotStringEquals": {"aws:username": "x"}}},
    ],
)
def test_s3_keeps_no_malformed_bucket_policy(
    bucket: str, client: Make, elements: dict[str, Any]
) -> None:
    with pytest.raises(ClientError) as refused:
        client("s3").put_bucket_policy(Bucket=bucket, Policy=document(reading(**elements)))
    assert refused.value.response["Error"]["Code"] == "MalformedPolicy"


@pytest.mark.parametrize(
    "members", [{"Version": "2020-01-01"}, {"Remark": "x"}, {"Statement": []}, {"Statement": "x"}]
)
def test_s3_keeps_no_policy_of_wrong_members(
    bucket: str, client: Make, members: dict[str, Any]
) -> None:
    policy = {"Version": "2012-10-17", "Statement": [reading()], **members}
    with pytest.raises(ClientError, match="MalformedPolicy"):
        client("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))


def test_s3_keeps_a_policy_about_its_bucket_and_who_is_there(
    bucket: str, client: Make, role: Make, user: Make
) -> None:
    role_arn = role()
    name = role_arn.rpartition("/")[2]
    who = f"arn:aws:iam::{ACCOUNT}:user/{user()['UserName']}"
    night = f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/night"
    foreign = "arn:aws:iam::210987654321:role/theirs"
    account = f"arn:aws:iam::{ACCOUNT}:root"
    principals = {"AWS": [role_arn, who, night, foreign, account, ACCOUNT]}
    resources = ["arn:aws:s3:::documents", "arn:aws:s3:::documents/${aws:username}/*"]
    policy = document(reading(Principal=principals, Resource=resources, Action="s3:*"))
    client("s3").put_bucket_policy(Bucket=bucket, Policy=policy)
    kept = client("s3").get_bucket_policy(Bucket=bucket)["Policy"]
    assert json.loads(kept) == json.loads(policy)


@pytest.mark.parametrize(
    ("principal", "elements"),
    [
        ({"AWS": NOBODY}, {}),
        ({"AWS": "*"}, {"Resource": "*"}),
        ({"AWS": "*"}, {"Action": "s3:GetObject"}),
        ({"AWS": "*"}, {"Action": "*"}),
    ],
)
def test_iam_keeps_no_malformed_trust(
    client: Make, role: Make, principal: Any, elements: dict[str, Any]
) -> None:
    trust, iam = trusting(principal, **elements), client("iam")
    with pytest.raises(ClientError, match="MalformedPolicyDocument"):
        iam.create_role(RoleName="untrusted", AssumeRolePolicyDocument=trust)
    with pytest.raises(ClientError, match="MalformedPolicyDocument"):
        iam.update_assume_role_policy(RoleName=role().rpartition("/")[2], PolicyDocument=trust)


@pytest.mark.parametrize(
    "statement",
    [
        {"Effect": "Allow", "Action": "s3:GetObject"},
        allow("s3:GetObject", Principal="*"),
        allow("s3:GetObject", NotResource="arn:aws:s3:::documents/a"),
    ],
)
def test_sessions_and_identities_take_resources_and_no_principals(
    client: Make, role: Make, session: Make, statement: dict[str, Any]
) -> None:
    with pytest.raises(ClientError, match="MalformedPolicyDocument"):
        session(role(), Policy=document(statement))
    with pytest.raises(ClientError, match="MalformedPolicyDocument"):
        client("iam").create_policy(
            PolicyName=f"p-{uuid.uuid4().hex[:8]}", PolicyDocument=document(statement)
        )


def test_every_service_that_keeps_policies_refuses_by_its_own_error(client: Make) -> None:
    """Without a principal such a policy would open the resource to anybody."""
    policy = document(allow("*"))
    client("ecr").create_repository(repositoryName="documents")
    topic = client("sns").create_topic(Name="documents")["TopicArn"]
    queue = client("sqs").create_queue(QueueName="documents")["QueueUrl"]
    attributes = {"AttributeName": "Policy", "AttributeValue": policy}
    puts: dict[str, Callable[[], Any]] = {
        "MalformedPolicyDocumentException": lambda: client("kms").create_key(Policy=policy),
        "InvalidAttributeValue": lambda: client("sqs").set_queue_attributes(
            QueueUrl=queue, Attributes={"Policy": policy}
        ),
        "InvalidParameter": lambda: client("sns").set_topic_attributes(
            TopicArn=topic, **attributes
        ),
        "InvalidParameterException": lambda: client("logs").put_resource_policy(
            policyName="documents", policyDocument=policy
        ),
        "ValidationException": lambda: client("events").put_permission(Policy=policy),
    }
    for code, put in puts.items():
        with pytest.raises(ClientError) as refused:
            put()
        assert refused.value.response["Error"]["Code"] == code
    with pytest.raises(ClientError, match="InvalidParameterException"):
        client("ecr").set_repository_policy(repositoryName="documents", policyText=policy)
