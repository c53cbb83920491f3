from __future__ import annotations

from typing import Any

import pytest

from embedded_aws.gateway.call import Call
from embedded_aws.gateway.service import RequestContext
from embedded_aws.iam.request_names import names_of
from embedded_aws.iam.requirements import requirements
from embedded_aws.iam.resources import Place, UnknownResource

PLACE = Place("123456789012", "us-east-1")
SAGEMAKER = "arn:aws:sagemaker:us-east-1:123456789012:"
STATES = "arn:aws:states:us-east-1:123456789012:"
ROLE = "arn:aws:iam::123456789012:role/jobs"


def needed(service: str, operation: str, **parameters: Any) -> list[tuple[str, tuple[str, ...]]]:
    context = RequestContext("123456789012", "us-east-1", "key", "request")
    call = Call(context, service, operation, parameters)
    found = requirements(call, names_of(call), PLACE)
    return [(each.action.name, each.resources) for each in found]


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "expected"),
    [
        ("s3", "HeadObject", {"Bucket": "b", "Key": "k"}, ("s3:GetObject", "arn:aws:s3:::b/k")),
        (
            "s3",
            "GetObject",
            {"Bucket": "b", "Key": "k", "VersionId": "1"},
            ("s3:GetObjectVersion", "arn:aws:s3:::b/k"),
        ),
        ("s3", "ListObjectsV2", {"Bucket": "b"}, ("s3:ListBucket", "arn:aws:s3:::b")),
        ("s3", "ListObjectVersions", {"Bucket": "b"}, ("s3:ListBucketVersions", "arn:aws:s3:::b")),
        (
            "lambda",
            "Invoke",
            {"FunctionName": "f", "Qualifier": "live"},
            ("lambda:InvokeFunction", "arn:aws:lambda:us-east-1:123456789012:function:f:live"),
        ),
        (
            "stepfunctions",
            "StartExecution",
            {"stateMachineArn": f"{STATES}stateMachine:m:live"},
            ("states:StartExecution", f"{STATES}stateMachine:m"),
        ),
        (
            "sagemaker-runtime",
            "InvokeEndpoint",
            {"EndpointName": "e"},
            ("sagemaker:InvokeEndpoint", f"{SAGEMAKER}endpoint/e"),
        ),
        (
            "sagemaker",
            "CreateModelPackage",
            {"ModelPackageGroupName": "g"},
            ("sagemaker:CreateModelPackage", f"{SAGEMAKER}model-package/g/*"),
        ),
        ("sagemaker", "QueryLineage", {}, ("sagemaker:QueryLineage", "*")),
        (
            "logs",
            "PutLogEvents",
            {"logGroupName": "g", "logStreamName": "s"},
            (
                "logs:PutLogEvents",
                "arn:aws:logs:us-east-1:123456789012:log-group:g:log-stream:s",
            ),
        ),
        (
            "events",
            "PutRule",
            {"Name": "r", "EventBusName": "default"},
            ("events:PutRule", "arn:aws:events:us-east-1:123456789012:rule/r"),
        ),
        (
            "events",
            "PutRule",
            {"Name": "r", "EventBusName": "b"},
            ("events:PutRule", "arn:aws:events:us-east-1:123456789012:rule/b/r"),
        ),
    ],
)
def test_a_call_needs_one_action_on_one_resource(
    service: str, operation: str, parameters: dict[str, Any], expected: tuple[str, str]
) -> None:
    action, resource = expected
    assert needed(service, operation, **parameters) == [(action, (resource,))]


def test_a_job_with_tags_needs_to_tag_and_to_pass_its_role() -> None:
    job = f"{SAGEMAKER}training-job/j"
    tags = [{"Key": "a", "Value": "b"}]
    assert needed(
        "sagemaker", "CreateTrainingJob", TrainingJobName="j", RoleArn=ROLE, Tags=tags
    ) == [
        ("sagemaker:CreateTrainingJob", (job,)),
        ("iam:PassRole", (ROLE,)),
        ("sagemaker:AddTags", (job,)),
    ]


def test_roles_are_passed_wherever_they_stand_in_a_request() -> None:
    target = {"Arn": "arn:aws:sqs:us-east-1:123456789012:q", "RoleArn": ROLE}
    found = needed("scheduler", "CreateSchedule", Name="s", Target=target)
    assert [action for action, _ in found] == ["scheduler:CreateSchedule", "iam:PassRole"]


def test_a_role_that_is_told_to_the_work_is_not_passed_to_the_service() -> None:
    environment = {"JOB_ROLE": ROLE, "ROLE": ROLE}
    function = {"FunctionName": "f", "Environment": {"Variables": environment}}
    assert "iam:PassRole" not in dict(needed("lambda", "UpdateFunctionConfiguration", **function))
    job = {"TrainingJobName": "j", "Environment": environment}
    assert "iam:PassRole" not in dict(needed("sagemaker", "CreateTrainingJob", **job))


def test_copying_needs_to_read_the_source() -> None:
    assert needed("s3", "CopyObject", Bucket="b", Key="k", CopySource="a/x/y?versionId=1") == [
        ("s3:PutObject", ("arn:aws:s3:::b/k",)),
        ("s3:GetObjectVersion", ("arn:aws:s3:::a/x/y",)),
    ]


@pytest.mark.parametrize("operation", ["CopyObject", "UploadPartCopy"])
def test_the_source_of_a_copy_is_judged_by_its_key_not_by_its_encoding(operation: str) -> None:
    source = "/lake/dt%3D2026-11-21/a%20b%3F.csv?versionId=1"
    assert needed("s3", operation, Bucket="b", Key="k", CopySource=source)[1] == (
        "s3:GetObjectVersion",
        ("arn:aws:s3:::lake/dt=2026-11-21/a b?.csv",),
    )


def test_each_object_is_deleted_by_the_action_on_it_or_on_its_version() -> None:
    keys = {"Objects": [{"Key": "x"}, {"Key": "y", "VersionId": "1"}]}
    assert needed("s3", "DeleteObjects", Bucket="b", Delete=keys) == [
        ("s3:DeleteObject", ("arn:aws:s3:::b/x",)),
        ("s3:DeleteObjectVersion", ("arn:aws:s3:::b/y",)),
    ]


def test_whoever_lifts_a_lock_needs_to_be_allowed_to() -> None:
    bypass = ("s3:BypassGovernanceRetention", ("arn:aws:s3:::b/k",))
    one = {"Key": "k", "VersionId": "1", "BypassGovernanceRetention": True}
    assert needed("s3", "DeleteObject", Bucket="b", **one)[-1] == bypass
    many = {"Delete": {"Objects": [{"Key": "k"}]}, "BypassGovernanceRetention": True}
    assert needed("s3", "DeleteObjects", Bucket="b", **many)[-1] == bypass


def test_each_end_of_an_association_counts() -> None:
    ends = {"SourceArn": f"{SAGEMAKER}artifact/1", "DestinationArn": f"{SAGEMAKER}action/2"}
    assert needed("sagemaker", "AddAssociation", **ends) == [
        ("sagemaker:AddAssociation", (ends["DestinationArn"], ends["SourceArn"]))
    ]


@pytest.mark.parametrize("operation", ["PutObject", "CopyObject", "CreateMultipartUpload"])
@pytest.mark.parametrize(
    ("member", "action"),
    [
        ("Tagging", "s3:PutObjectTagging"),
        ("ACL", "s3:PutObjectAcl"),
        ("GrantRead", "s3:PutObjectAcl"),
        ("ObjectLockMode", "s3:PutObjectRetention"),
        ("ObjectLockLegalHoldStatus", "s3:PutObjectLegalHold"),
    ],
)
def test_an_object_is_tagged_shared_and_locked_by_actions_of_their_own(
    operation: str, member: str, action: str
) -> None:
    copied = {"CopySource": "a/x"} if operation == "CopyObject" else {}
    extras = {member: "x", **copied}
    assert needed("s3", operation, Bucket="b", Key="k", **extras)[-1] == (
        action,
        ("arn:aws:s3:::b/k",),
    )


@pytest.mark.parametrize("operation", ["CreateFunction", "UpdateFunctionConfiguration"])
def test_a_function_with_layers_needs_to_get_each(operation: str) -> None:
    layers = [f"arn:aws:lambda:us-east-1:123456789012:layer:{name}:1" for name in ("x", "y")]
    found = needed("lambda", operation, FunctionName="f", Layers=layers)
    assert found[1:] == [("lambda:GetLayerVersion", (layer,)) for layer in layers]


def test_publishing_with_an_update_needs_to_publish() -> None:
    machine = f"{STATES}stateMachine:m"
    assert needed("stepfunctions", "UpdateStateMachine", stateMachineArn=machine, publish=True) == [
        ("states:UpdateStateMachine", (machine,)),
        ("states:PublishStateMachineVersion", (machine,)),
    ]


def test_identity_needs_no_permission_at_all() -> None:
    assert needed("sts", "GetCallerIdentity") == []


def test_a_resource_that_nothing_names_is_not_taken_for_a_star() -> None:
    with pytest.raises(UnknownResource, match="none of"):
        needed("sagemaker", "CreateTrainingJob")
