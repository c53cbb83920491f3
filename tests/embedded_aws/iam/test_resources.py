"""What a request is about: told by the members that name it, never by what it carries."""

from __future__ import annotations

from typing import Any

import pytest
from moto.core.utils import get_service_model

from embedded_aws.gateway.call import Call
from embedded_aws.gateway.service import RequestContext
from embedded_aws.iam import reference
from embedded_aws.iam.actions import actions_of
from embedded_aws.iam.request_names import names_of
from embedded_aws.iam.requirements import requirements
from embedded_aws.iam.resources import Place

PLACE = Place("123456789012", "us-east-1")
CONTEXT = RequestContext("123456789012", "us-east-1", "key", "request")
WHERE = "us-east-1:123456789012"
GROUP = f"arn:aws:logs:{WHERE}:log-group:"
QUEUE = f"arn:aws:sqs:{WHERE}:"
MACHINE = f"arn:aws:states:{WHERE}:stateMachine:m"
SAGEMAKER = f"arn:aws:sagemaker:{WHERE}:"
URL = "http://localhost:4566/123456789012/secret"
# Operations with the members that name what they are about; all others are content.
NAMED: list[tuple[str, str, dict[str, Any]]] = [
    ("cloudformation", "CreateStack", {"StackName": "s"}),
    ("cloudwatch", "PutMetricAlarm", {"AlarmName": "a"}),
    ("ecr", "PutImage", {"repositoryName": "r"}),
    ("events", "PutRule", {"Name": "r", "EventBusName": "b"}),
    ("iam", "CreateUser", {"UserName": "u", "Path": "/"}),
    ("kms", "Encrypt", {"KeyId": "k"}),
    ("lambda", "AddPermission", {"FunctionName": "f", "Qualifier": "live"}),
    ("lambda", "Invoke", {"FunctionName": "f", "Qualifier": "live"}),
    ("logs", "FilterLogEvents", {"logGroupName": "g", "logGroupIdentifier": ""}),
    ("logs", "PutLogEvents", {"logGroupName": "g", "logStreamName": "s"}),
    ("s3", "GetObject", {"Bucket": "b", "Key": "k", "VersionId": "1"}),
    ("s3", "PutObject", {"Bucket": "b", "Key": "k"}),
    ("sagemaker", "CreateTrainingJob", {"TrainingJobName": "j"}),
    ("sagemaker", "CreateTransformJob", {"TransformJobName": "j"}),
    ("sagemaker-runtime", "InvokeEndpoint", {"EndpointName": "e", "InferenceComponentName": "c"}),
    ("scheduler", "CreateSchedule", {"Name": "s", "GroupName": "g"}),
    ("sns", "Publish", {"TopicArn": f"arn:aws:sns:{WHERE}:t", "TargetArn": ""}),
    ("sqs", "SendMessage", {"QueueUrl": URL}),
    ("ssm", "PutParameter", {"Name": "p"}),
    ("stepfunctions", "StartExecution", {"stateMachineArn": MACHINE}),
]


def resources(service: str, operation: str, **parameters: Any) -> list[str]:
    call = Call(CONTEXT, service, operation, parameters)
    found = requirements(call, names_of(call), PLACE)
    return [resource for each in found[:1] for resource in each.resources]


def _is_text(shape: Any) -> bool:
    return str(getattr(shape, "member", shape).type_name) == "string"


@pytest.mark.parametrize(("service", "operation", "naming"), NAMED)
def test_what_names_nothing_never_changes_what_is_judged(
    service: str, operation: str, naming: dict[str, Any]
) -> None:
    """Not even when it is the ARN of another resource of the very type."""
    shape = get_service_model(service).operation_model(operation).input_shape
    call = Call(CONTEXT, service, operation, naming)
    kinds = [kind for name in actions_of(call) for kind in reference.action(name).resource_types]
    others = [PLACE.arn(kind.arn, dict.fromkeys(kind.placeholders, "allowed")) for kind in kinds]
    contents = {
        name: member.type_name
        for name, member in shape.members.items()
        if name not in naming and _is_text(member)
    }
    assert contents
    named = resources(service, operation, **naming)
    assert named
    for member, kind in contents.items():
        for other in others:
            content = [other] if kind == "list" else other
            assert resources(service, operation, **naming, **{member: content}) == named, member


def test_entries_for_buses_by_name_and_by_arn_are_all_judged() -> None:
    bus = f"arn:aws:events:{WHERE}:event-bus/"
    entries = [{"EventBusName": f"{bus}allowed"}, {"EventBusName": "secret"}, {}]
    assert resources("events", "PutEvents", Entries=entries) == [
        f"{bus}allowed",
        f"{bus}secret",
        f"{bus}default",
    ]


def test_a_key_that_looks_like_an_arn_is_a_key() -> None:
    key = "arn:aws:s3:::allowed/x"
    assert resources("s3", "PutObject", Bucket="b", Key=key) == [f"arn:aws:s3:::b/{key}"]


@pytest.mark.parametrize("member", ["TopicArn", "TargetArn"])
def test_a_message_may_be_about_another_topic(member: str) -> None:
    topic = f"arn:aws:sns:{WHERE}:"
    target = {member: f"{topic}allowed", "Message": f"{topic}other"}
    assert resources("sns", "Publish", **target) == [f"{topic}allowed"]


def test_both_ends_of_a_redrive_are_judged() -> None:
    ends = {"SourceArn": f"{QUEUE}dead", "DestinationArn": f"{QUEUE}alive"}
    assert resources("sqs", "StartMessageMoveTask", **ends) == [f"{QUEUE}dead", f"{QUEUE}alive"]


@pytest.mark.parametrize("identifier", ["g", f"{GROUP}g", f"{GROUP}g:*"])
def test_a_log_group_is_judged_as_one_whose_streams_a_policy_names(identifier: str) -> None:
    """``log-group:g:*`` allows to filter, whether the group is given by name or by ARN."""
    judged = resources("logs", "FilterLogEvents", logGroupIdentifier=identifier)
    assert judged == [f"{GROUP}g:log-stream:"]


def test_tags_of_a_log_group_are_judged_without_its_streams() -> None:
    assert resources("logs", "TagResource", resourceArn=f"{GROUP}g:*") == [f"{GROUP}g"]


@pytest.mark.parametrize(
    ("operation", "naming", "resource"),
    [
        ("DescribeModel", {"ModelName": "MyModel"}, "model/mymodel"),
        ("CreateModelPackage", {"ModelPackageGroupName": "Fraud"}, "model-package/fraud/*"),
        ("DeleteTags", {"ResourceArn": f"{SAGEMAKER}endpoint/Live"}, "endpoint/live"),
        ("CreateTrainingJob", {"TrainingJobName": "Night"}, "training-job/night"),
    ],
)
def test_sagemaker_is_judged_by_the_arns_that_it_issues(
    operation: str, naming: dict[str, Any], resource: str
) -> None:
    assert resources("sagemaker", operation, **naming) == [f"{SAGEMAKER}{resource}"]
