"""Calls at the gate, as users of the APIs meet it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws.instance import Instance
from embedded_aws.service_principals import ServicePrincipal
from tests.embedded_aws.iam.statements import allow, document, trusting

Make = Callable[..., Any]
ACCOUNT = "123456789012"


def code_of(refused: pytest.ExceptionInfo[ClientError]) -> str:
    return str(refused.value.response["Error"]["Code"])


@pytest.fixture(scope="module")
def nobody(user: Make, signed: Make) -> Callable[[str], Any]:
    """Clients of a user without any permission."""
    keys = user()
    return lambda service: signed(service, keys)


@pytest.fixture
def bucket(client: Make) -> str:
    name = f"lake-{uuid.uuid4()}"
    client("s3").create_bucket(Bucket=name)
    client("s3").put_object(Bucket=name, Key="runs/a", Body=b"x")
    return name


def test_a_key_that_the_account_never_gave_out_is_its_root_users(client: Make) -> None:
    """So dummy credentials work; on AWS they would be refused."""
    assert client("sts").get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"


def test_a_user_may_only_what_the_policy_says(
    user: Make, signed: Make, bucket: str, aws: Instance
) -> None:
    narrow = user(allow("s3:GetObject", resource=f"arn:aws:s3:::{bucket}/runs/*"))
    s3 = signed("s3", narrow)
    assert s3.get_object(Bucket=bucket, Key="runs/a")["Body"].read() == b"x"
    with pytest.raises(ClientError) as refused:
        s3.put_object(Bucket=bucket, Key="runs/a", Body=b"y")
    arn = signed("sts", narrow).get_caller_identity()["Arn"]
    assert (
        f"User: {arn} is not authorized to perform: s3:PutObject on resource: "
        f'"arn:aws:s3:::{bucket}/runs/a" because no identity-based policy allows the '
        "s3:PutObject action" in str(refused.value)
    )
    assert code_of(refused) == "AccessDenied"
    logged = [record for record in aws.calls if record.caller == arn]
    assert [record.operation for record in logged] == [
        "GetObject",
        "PutObject",
        "GetCallerIdentity",
    ]
    assert [record.status for record in logged] == [200, 403, 200]
    assert logged[0].judgements[0].policy == f"{arn}/inline"
    assert logged[0].judgements[0].statement == "0"
    assert logged[1].error_code == "AccessDenied"
    assert logged[1].judgements[0].decision == "denied"


@pytest.mark.parametrize(
    ("service", "operation", "code", "status"),
    [
        ("sagemaker", "list_models", "AccessDeniedException", 400),
        ("stepfunctions", "list_state_machines", "AccessDeniedException", 400),
        ("lambda", "list_functions", "AccessDeniedException", 403),
        ("iam", "list_users", "AccessDenied", 403),
        ("cloudformation", "list_stacks", "AccessDenied", 403),
        ("sqs", "list_queues", "AccessDenied", 403),
        ("sns", "list_topics", "AuthorizationError", 403),
        ("s3", "list_buckets", "AccessDenied", 403),
        ("logs", "describe_log_groups", "AccessDeniedException", 400),
    ],
)
def test_each_protocol_refuses_in_its_own_way(
    nobody: Callable[[str], Any], service: str, operation: str, code: str, status: int
) -> None:
    with pytest.raises(ClientError) as refused:
        getattr(nobody(service), operation)()
    assert code_of(refused) == code
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


def test_whoever_may_not_list_a_bucket_is_not_told_that_a_key_is_missing(
    user: Make, signed: Make, bucket: str
) -> None:
    reader = allow("s3:GetObject", resource=f"arn:aws:s3:::{bucket}/*")
    lister = allow("s3:ListBucket", resource=f"arn:aws:s3:::{bucket}")
    for statements, code in [((reader,), "AccessDenied"), ((reader, lister), "NoSuchKey")]:
        with pytest.raises(ClientError) as refused:
            signed("s3", user(*statements)).get_object(Bucket=bucket, Key="none")
        assert code_of(refused) == code


def test_everybody_is_told_that_a_bucket_is_missing(user: Make, signed: Make) -> None:
    s3 = signed("s3", user(allow("s3:GetObject")))
    with pytest.raises(ClientError) as refused:
        s3.get_object(Bucket=f"none-{uuid.uuid4()}", Key="k")
    assert code_of(refused) == "NoSuchBucket"


def test_policies_of_groups_and_managed_policies_count(
    user: Make, signed: Make, client: Make
) -> None:
    iam, keys, name = client("iam"), user(), f"group-{uuid.uuid4().hex[:8]}"
    policy = iam.create_policy(PolicyName=name, PolicyDocument=document(allow("sqs:ListQueues")))[
        "Policy"
    ]["Arn"]
    iam.create_group(GroupName=name)
    iam.attach_group_policy(GroupName=name, PolicyArn=policy)
    sqs = signed("sqs", keys)
    with pytest.raises(ClientError):
        sqs.list_queues()
    iam.add_user_to_group(GroupName=name, UserName=keys["UserName"])
    sqs.list_queues()
    iam.create_policy_version(
        PolicyArn=policy, PolicyDocument=document(allow("sns:ListTopics")), SetAsDefault=True
    )
    with pytest.raises(ClientError):
        sqs.list_queues()


def test_a_boundary_and_a_session_policy_limit_a_role(
    role: Make, session: Make, signed: Make, client: Make
) -> None:
    boundary = client("iam").create_policy(
        PolicyName=f"boundary-{uuid.uuid4().hex[:8]}",
        PolicyDocument=document(allow("sqs:*", "sns:*")),
    )["Policy"]["Arn"]
    bounded = role(allow("*"), PermissionsBoundary=boundary)
    keys = session(bounded)
    signed("sqs", keys).list_queues()
    with pytest.raises(ClientError, match="because no permissions boundary allows"):
        signed("s3", keys).list_buckets()
    narrower = session(bounded, Policy=document(allow("sns:*")))
    signed("sns", narrower).list_topics()
    with pytest.raises(ClientError, match="because no session policy allows"):
        signed("sqs", narrower).list_queues()


def test_roles_may_not_be_assumed_by_root_nor_by_whom_they_do_not_trust(
    role: Make, user: Make, signed: Make, client: Make
) -> None:
    with pytest.raises(ClientError, match="Roles may not be assumed by root accounts"):
        client("sts").assume_role(RoleArn=role(), RoleSessionName="night")
    keys = user(allow("sts:AssumeRole"))
    other = role(trust=trusting({"Service": "lambda.amazonaws.com"}))
    with pytest.raises(ClientError, match="because no role trust policy allows"):
        signed("sts", keys).assume_role(RoleArn=other, RoleSessionName="night")


def test_a_role_that_trusts_the_account_leaves_it_to_the_callers_policies(
    role: Make, user: Make, signed: Make
) -> None:
    trusted = role(trust=trusting({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}))
    with pytest.raises(ClientError, match="because no identity-based policy allows"):
        signed("sts", user()).assume_role(RoleArn=trusted, RoleSessionName="night")
    allowed = user(allow("sts:AssumeRole", resource=trusted))
    signed("sts", allowed).assume_role(RoleArn=trusted, RoleSessionName="night")


def test_trust_may_depend_on_an_external_id(role: Make, user: Make, signed: Make) -> None:
    trust = trusting({"AWS": "*"}, Condition={"StringEquals": {"sts:ExternalId": "audit"}})
    role_arn, sts = role(trust=trust), signed("sts", user())
    sts.assume_role(RoleArn=role_arn, RoleSessionName="night", ExternalId="audit")
    with pytest.raises(ClientError, match="AccessDenied"):
        sts.assume_role(RoleArn=role_arn, RoleSessionName="night")


def test_sessions_end_on_the_virtual_clock(
    role: Make, session: Make, signed: Make, aws: Instance
) -> None:
    keys = session(role(allow("*")), DurationSeconds=900)
    signed("sqs", keys).list_queues()
    aws.clock.advance_to(aws.clock.now() + timedelta(seconds=901))
    with pytest.raises(ClientError) as refused:
        signed("s3", keys).list_buckets()
    assert code_of(refused) == "ExpiredToken"


def test_a_session_does_not_outlive_its_role_not_even_by_one_of_the_same_name(
    role: Make, session: Make, signed: Make, client: Make
) -> None:
    role_arn = role(allow("sqs:*"))
    keys, name = session(role_arn), role_arn.rpartition("/")[2]
    iam = client("iam")
    iam.delete_role_policy(RoleName=name, PolicyName="inline")
    iam.delete_role(RoleName=name)
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusting({"AWS": "*"}))
    iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=document(allow("sqs:*")))
    with pytest.raises(ClientError, match="AccessDenied"):
        signed("sqs", keys).list_queues()
    signed("sqs", session(role_arn)).list_queues()


def test_a_deleted_key_is_no_dummy_key(user: Make, signed: Make, client: Make) -> None:
    keys = user(allow("*"))
    client("iam").update_access_key(
        UserName=keys["UserName"], AccessKeyId=keys["AccessKeyId"], Status="Inactive"
    )
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        signed("iam", keys).list_users()
    client("iam").delete_access_key(UserName=keys["UserName"], AccessKeyId=keys["AccessKeyId"])
    for service, operation, code in [
        ("iam", "list_users", "InvalidClientTokenId"),
        ("sagemaker", "list_models", "UnrecognizedClientException"),
        ("s3", "list_buckets", "InvalidAccessKeyId"),
    ]:
        with pytest.raises(ClientError) as refused:
            getattr(signed(service, keys), operation)()
        assert code_of(refused) == code


def test_a_refused_key_is_told_by_the_log(signed: Make, aws: Instance) -> None:
    for said in ("!", "e30", "x", "NQ"):
        keys = {"AccessKeyId": f"EMBEDDEDAWSPRINCIPAL-{said}", "SecretAccessKey": "secret"}
        with pytest.raises(ClientError, match="InvalidClientTokenId"):
            signed("iam", keys).list_users()
        (logged,) = [call for call in aws.calls if call.caller == keys["AccessKeyId"]]
        assert (logged.operation, logged.status) == ("ListUsers", 403)
        assert logged.error_code == "InvalidClientTokenId"


def test_whoever_makes_a_model_must_be_allowed_to_pass_its_role_to_sagemaker(
    user: Make, signed: Make, role: Make
) -> None:
    role_arn = role(trust=trusting({"Service": "sagemaker.amazonaws.com"}))
    model = {
        "ModelName": f"m-{uuid.uuid4().hex[:8]}",
        "ExecutionRoleArn": role_arn,
        "PrimaryContainer": {"Image": "none", "ModelDataUrl": "s3://none/model.tar.gz"},
    }
    making = allow("sagemaker:CreateModel")
    for to, expected in [("lambda.amazonaws.com", "iam:PassRole"), (None, "Could not access")]:
        to_service = {"StringEquals": {"iam:PassedToService": to or "sagemaker.amazonaws.com"}}
        passing = allow("iam:PassRole", resource=role_arn, Condition=to_service)
        with pytest.raises(ClientError, match=expected):
            signed("sagemaker", user(making, passing)).create_model(**model)


def test_a_queue_lets_in_the_service_that_its_policy_names_for_the_source(
    client: Make, aws: Instance
) -> None:
    sqs, name = client("sqs"), f"queue-{uuid.uuid4().hex[:8]}"
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:{name}"
    rule = f"arn:aws:events:us-east-1:{ACCOUNT}:rule/nightly"
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
    }
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": document(statement)})
    clients = aws.environment.clients
    events = ServicePrincipal("events.amazonaws.com", rule)
    clients.as_principal("sqs", events).send_message(QueueUrl=url, MessageBody="x")
    other = ServicePrincipal("events.amazonaws.com", f"{rule}-2")
    with pytest.raises(ClientError, match="because no resource-based policy allows"):
        clients.as_principal("sqs", other).send_message(QueueUrl=url, MessageBody="x")


def test_a_key_policy_must_let_the_account_decide(client: Make, user: Make, signed: Make) -> None:
    kms, keys = client("kms"), user(allow("kms:Encrypt"))
    open_key = kms.create_key()["KeyMetadata"]["KeyId"]
    signed("kms", keys).encrypt(KeyId=open_key, Plaintext=b"x")
    closed = document(allow("kms:*", Principal={"Service": "s3.amazonaws.com"}))
    closed_key = kms.create_key(Policy=closed, BypassPolicyLockoutSafetyCheck=True)
    with pytest.raises(ClientError, match="because no resource-based policy allows"):
        signed("kms", keys).encrypt(KeyId=closed_key["KeyMetadata"]["KeyId"], Plaintext=b"x")


@pytest.mark.parametrize(
    "key",
    [
        "alias/nope",
        "nope",
        "arn:aws:kms:us-east-1:123456789012:alias/nope",
        "0f0f0f0f-1a1a-2b2b-3c3c-4d4d4d4d4d4d",
    ],
)
def test_that_a_key_is_missing_is_for_its_service_to_say(client: Make, key: str) -> None:
    with pytest.raises(client("kms").exceptions.NotFoundException):
        client("kms").encrypt(KeyId=key, Plaintext=b"x")


def test_resources_may_be_told_by_their_tags(client: Make, user: Make, signed: Make) -> None:
    sns, keys = (
        client("sns"),
        user(
            allow(
                "sns:Publish",
                Condition={"StringEquals": {"aws:ResourceTag/team": "fraud"}},
            )
        ),
    )
    tagged = sns.create_topic(Name="tagged", Tags=[{"Key": "team", "Value": "fraud"}])["TopicArn"]
    plain = sns.create_topic(Name="plain")["TopicArn"]
    signed("sns", keys).publish(TopicArn=tagged, Message="x")
    with pytest.raises(ClientError, match="AuthorizationError"):
        signed("sns", keys).publish(TopicArn=plain, Message="x")


def test_a_condition_key_that_is_not_known_here_is_refused_loudly(user: Make, signed: Make) -> None:
    keys = user(allow("sqs:*", Condition={"StringEquals": {"aws:UserAgent": "x"}}))
    with pytest.raises(ClientError, match="does not know the condition key aws:UserAgent"):
        signed("sqs", keys).list_queues()


def test_a_policy_that_cannot_be_read_is_refused_when_it_is_put(client: Make) -> None:
    iam = client("iam")
    iam.create_user(UserName="malformed")
    condition = {"StringMatches": {"aws:username": "x"}}
    with pytest.raises(ClientError, match="MalformedPolicyDocument"):
        iam.put_user_policy(
            UserName="malformed",
            PolicyName="p",
            PolicyDocument=document(allow("*", Condition=condition)),
        )


def test_root_can_take_back_a_bucket_policy_that_locks_everybody_out(
    client: Make, bucket: str
) -> None:
    s3 = client("s3")
    lock = {**allow("s3:*"), "Effect": "Deny", "Principal": "*"}
    lock["Resource"] = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    s3.put_bucket_policy(Bucket=bucket, Policy=document(lock))
    with pytest.raises(ClientError, match="with an explicit deny in a resource-based policy"):
        s3.get_object(Bucket=bucket, Key="runs/a")
    s3.delete_bucket_policy(Bucket=bucket)
    s3.get_object(Bucket=bucket, Key="runs/a")


def test_whoever_copies_needs_the_source_by_its_own_name(
    client: Make, user: Make, signed: Make, bucket: str
) -> None:
    """Though SDKs percent-encode it."""
    key, arn = "dt=2026-11-21/a b.csv", f"arn:aws:s3:::{bucket}/"
    client("s3").put_object(Bucket=bucket, Key=key, Body=b"x")
    copy = {"Bucket": bucket, "Key": "copy", "CopySource": {"Bucket": bucket, "Key": key}}
    putting = allow("s3:PutObject", resource=f"{arn}copy")
    reading = allow("s3:GetObject", resource=f"{arn}dt=2026-11-21/a b.csv")
    everything = allow("s3:*")
    signed("s3", user(putting, reading)).copy_object(**copy)
    with pytest.raises(ClientError, match="with an explicit deny"):
        signed("s3", user(everything, {**reading, "Effect": "Deny"})).copy_object(**copy)


def test_what_a_message_says_does_not_open_another_queue(
    client: Make, user: Make, signed: Make
) -> None:
    url = client("sqs").create_queue(QueueName=f"secret-{uuid.uuid4().hex[:8]}")["QueueUrl"]
    allowed = f"arn:aws:sqs:us-east-1:{ACCOUNT}:allowed"
    sqs = signed("sqs", user(allow("sqs:SendMessage", resource=allowed)))
    with pytest.raises(ClientError, match="AccessDenied"):
        sqs.send_message(QueueUrl=url, MessageBody=allowed)
