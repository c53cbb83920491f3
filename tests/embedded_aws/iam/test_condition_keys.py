from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from embedded_aws.gateway.call import Call
from embedded_aws.gateway.service import RequestContext
from embedded_aws.iam import callers, reference
from embedded_aws.iam.callers import Caller, Kind
from embedded_aws.iam.condition_keys import RequestKeys, UnevaluatedKey
from embedded_aws.iam.requirements import Requirement

ACCOUNT = "123456789012"
SESSION = Caller(
    Kind.ROLE_SESSION,
    ACCOUNT,
    f"arn:aws:sts::{ACCOUNT}:assumed-role/jobs/night",
    f"arn:aws:iam::{ACCOUNT}:role/jobs",
    session_tags=(("team", "fraud"),),
)


def keys(
    action: str, service: str, operation: str, caller: Caller = SESSION, **parameters: Any
) -> RequestKeys:
    context = RequestContext(ACCOUNT, "us-east-1", "key", "request")
    return RequestKeys(
        call=Call(context, service, operation, parameters),
        caller=caller,
        requirement=Requirement(reference.action(action), ("*",), passed_to=None),
        resource="*",
        now=datetime(2026, 11, 1, tzinfo=UTC),
        principal_tags=lambda: {"team": "other", "stage": "prod"},
        resource_tags=lambda: {"owner": "ann"},
    )


def job(**parameters: Any) -> RequestKeys:
    return keys("sagemaker:CreateTrainingJob", "sagemaker", "CreateTrainingJob", **parameters)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("aws:PrincipalArn", [SESSION.principal_arn]),
        ("AWS:PRINCIPALACCOUNT", [ACCOUNT]),
        ("aws:PrincipalTag/team", ["fraud"]),
        ("aws:PrincipalTag/Stage", ["prod"]),
        ("aws:PrincipalTag/none", None),
        ("aws:RequestTag/a", ["b"]),
        ("aws:TagKeys", ["a"]),
        ("aws:ResourceTag/owner", ["ann"]),
        ("aws:RequestedRegion", ["us-east-1"]),
        ("aws:CurrentTime", ["2026-11-01T00:00:00+00:00"]),
        ("aws:EpochTime", ["1793491200"]),
        ("aws:SecureTransport", ["true"]),
        ("aws:SourceIp", ["127.0.0.1"]),
        ("aws:MultiFactorAuthPresent", ["false"]),
        ("aws:username", None),
        ("aws:SourceArn", None),
        ("sagemaker:InstanceTypes", ["ml.m5.large", "ml.m5.xlarge"]),
        ("sagemaker:NetworkIsolation", ["true"]),
        ("sagemaker:MaxRuntimeInSeconds", ["60"]),
        ("sagemaker:VpcSubnets", ["subnet-1"]),
        ("sagemaker:OutputKmsKeyArn", ["alias/k"]),
        ("sagemaker:VolumeKmsKeyArn", None),
        ("s3:prefix", None),
    ],
)
def test_a_jobs_keys_come_from_its_request(key: str, expected: Sequence[str] | None) -> None:
    groups = [{"InstanceType": "ml.m5.large"}, {"InstanceType": "ml.m5.xlarge"}]
    found = job(
        Tags=[{"Key": "a", "Value": "b"}],
        EnableNetworkIsolation=True,
        OutputDataConfig={"KmsKeyId": "alias/k"},
        ResourceConfig={"InstanceGroups": groups},
        StoppingCondition={"MaxRuntimeInSeconds": 60},
        VpcConfig={"Subnets": ["subnet-1"]},
    ).values(key)
    assert expected == (None if found is None else list(found))


def test_keys_of_s3_are_the_names_on_the_wire() -> None:
    listing = keys("s3:ListBucketVersions", "s3", "ListObjectVersions", Bucket="b", Prefix="a/")
    assert listing.values("s3:prefix") == ["a/"]
    assert listing.values("s3:delimiter") is None
    putting = keys("s3:PutObject", "s3", "PutObject", Bucket="b", ServerSideEncryption="aws:kms")
    assert putting.values("s3:x-amz-server-side-encryption") == ["aws:kms"]


@pytest.mark.parametrize(("suffix", "expected"), [(":live", ("live",)), ("", None)])
def test_the_qualifier_of_a_machine_is_a_key(suffix: str, expected: object) -> None:
    arn = f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:m{suffix}"
    found = keys("states:StartExecution", "stepfunctions", "StartExecution", stateMachineArn=arn)
    assert found.values("states:StateMachineQualifier") == expected


def test_a_service_tells_its_source_and_no_address() -> None:
    rule = f"arn:aws:events:us-east-1:{ACCOUNT}:rule/r"
    events = callers.service("events.amazonaws.com", ACCOUNT, rule)
    found = keys("sqs:SendMessage", "sqs", "SendMessage", events)
    assert found.values("aws:SourceArn") == (rule,)
    assert found.values("aws:SourceAccount") == (ACCOUNT,)
    assert found.values("aws:PrincipalServiceName") == ("events.amazonaws.com",)
    assert found.values("aws:SourceIp") is None
    assert found.values("aws:SourceOwner") is None


def test_who_is_told_of_a_passed_role() -> None:
    passing = job()
    requirement = replace(passing.requirement, passed_to="sagemaker.amazonaws.com")
    requirement = replace(requirement, action=reference.action("iam:PassRole"))
    found = replace(passing, requirement=requirement)
    assert found.values("iam:PassedToService") == ("sagemaker.amazonaws.com",)


@pytest.mark.parametrize("key", ["aws:PrincipalAccount", "aws:userid", "kms:CallerAccount"])
def test_services_are_of_no_account_and_anonymous_callers_are_anonymous(key: str) -> None:
    def of(caller: Caller) -> Sequence[str] | None:
        return keys("kms:Encrypt", "kms", "Encrypt", caller).values(key)

    assert of(callers.service("events.amazonaws.com", ACCOUNT, None)) is None
    assert of(callers.anonymous(ACCOUNT)) == ("anonymous",)
    assert of(callers.root(ACCOUNT)) == (ACCOUNT,)


def test_long_term_keys_do_not_tell_of_mfa() -> None:
    user = Caller(Kind.USER, ACCOUNT, "arn", "arn", user_id="AIDA", name="ann")
    assert keys("sqs:ListQueues", "sqs", "ListQueues", user).values(
        "aws:MultiFactorAuthPresent"
    ) is (None)


@pytest.mark.parametrize(
    "named", ["f", f"{ACCOUNT}:function:f", f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f"]
)
def test_a_function_is_told_by_its_arn_however_it_is_named(named: str) -> None:
    operation = "CreateEventSourceMapping"
    found = keys(f"lambda:{operation}", "lambda", operation, FunctionName=named)
    assert found.values("lambda:FunctionArn") == (f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f",)


@pytest.mark.parametrize("key", ["aws:UserAgent", "s3:ExistingObjectTag/stage"])
def test_a_key_that_aws_would_fill_and_this_cannot_is_refused(key: str) -> None:
    with pytest.raises(UnevaluatedKey, match=key):
        keys("s3:GetObject", "s3", "GetObject", Bucket="b", Key="k").values(key)
