"""What a call needs is known for every operation that the embedded AWS answers."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from botocore import xform_name
from moto.core.utils import get_service_model

from embedded_aws.gateway.call import Call
from embedded_aws.gateway.service import RequestContext
from embedded_aws.iam import reference
from embedded_aws.iam.actions import actions_of
from embedded_aws.iam.request_names import names_of
from embedded_aws.iam.resources import Place, arns
from embedded_aws.instance import Instance
from embedded_aws.services import native_services

CONTEXT = RequestContext("123456789012", "us-east-1", "key", "request")
PLACE = Place("123456789012", "us-east-1")
MOTO = {
    "cloudwatch": "CloudWatchResponse",
    "ecr": "ECRResponse",
    "events": "EventsHandler",
    "iam": "IamResponse",
    "kms": "KmsResponse",
    "logs": "LogsResponse",
    "s3": "S3Response",
    "sns": "SNSResponse",
    "sqs": "SQSResponse",
    "ssm": "SimpleSystemManagerResponse",
}
TELLING = re.compile(
    r"(name|arn|url|bucket|path|keyid|windowid|baselineid|identifiers?)s?$", re.IGNORECASE
)
# Moto dispatches S3 by URL; these it does not know, or they are no calls of the SDKs.
UNKNOWN_TO_MOTO = {
    "BucketCORSPreflightCheck",
    "CreateBucketMetadataConfiguration",
    "CreateSession",
    "DeleteBucketMetadataConfiguration",
    "GetBucketMetadataConfiguration",
    "ListDirectoryBuckets",
    "ObjectCORSPreflightCheck",
    "PostObject",
    "RenameObject",
    "WriteGetObjectResponse",
}


NATIVE = (
    "cloudformation",
    "lambda",
    "sagemaker",
    "sagemaker-runtime",
    "scheduler",
    "stepfunctions",
)


@pytest.fixture(scope="module")
def operations(aws: Instance) -> Mapping[str, list[str]]:
    """Those of the native services, and moto's of the others."""
    known = {}
    for service in native_services(aws.environment):
        known[service.name] = sorted(service.operations())
        service.close()
    for service_name, responses in MOTO.items():
        handler = getattr(importlib.import_module(f"moto.{service_name}.responses"), responses)
        known[service_name] = [
            operation
            for operation in get_service_model(service_name).operation_names
            if hasattr(handler, xform_name(operation)) or service_name == "s3"
            if operation not in UNKNOWN_TO_MOTO
        ]
    return known


def _parameters(shape: Any, arn: str, depth: int = 0) -> Any:
    """A value of a shape: ARNs where members are named so, the members that may name resources."""
    if shape is None:
        return {}
    match shape.type_name:
        case "structure":
            return {
                name: ([arn] if member.type_name == "list" else arn)
                if re.search(r"arn(list|s)?$", name, re.IGNORECASE)
                else _parameters(member, arn, depth + 1)
                for name, member in shape.members.items()
                if name in shape.required_members or (depth == 0 and TELLING.search(name))
            }
        case "list":
            return [_parameters(shape.member, arn, depth + 1)]
        case "string":
            return "thing"
        case "integer" | "long":
            return 1
        case _:
            return None


def _arns_of(action: reference.Action) -> list[str]:
    return [
        PLACE.arn(kind.arn, dict.fromkeys(kind.placeholders, "thing"))
        for kind in action.resource_types
    ]


@pytest.mark.parametrize("service", [*MOTO, *NATIVE])
def test_actions_and_resources_of_every_operation_are_known(
    operations: Mapping[str, list[str]], service: str
) -> None:
    """No operation falls back on ``*`` because nothing was derived for it."""
    assert operations[service]
    unknown = {
        operation: failure
        for operation in operations[service]
        for failure in _failures(service, operation)
    }
    assert unknown == {}


def _failures(service: str, operation: str) -> Iterator[str]:
    shape = get_service_model(service).operation_model(operation).input_shape
    try:
        actions = [reference.action(name) for name in actions_of(_call(service, operation, {}))]
    except reference.UnknownAction as unknown:
        yield f"no action {unknown}"
        return
    for action in actions:
        if not any(kind.is_required for kind in action.resource_types):
            continue
        for arn in _arns_of(action):
            try:
                names = names_of(_call(service, operation, _parameters(shape, arn)))
                assert arns(action, names, PLACE)
            except LookupError as missing:
                yield str(missing)


def _call(service: str, operation: str, parameters: Mapping[str, Any]) -> Call:
    return Call(CONTEXT, service, operation, dict(parameters))
