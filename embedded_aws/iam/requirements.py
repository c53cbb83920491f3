"""Everything that a call needs: its own actions, and those that depend on what it asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, unquote, urlparse

from embedded_aws.gateway.call import Call
from embedded_aws.gateway.protocol import service_model
from embedded_aws.iam import reference
from embedded_aws.iam.actions import actions_of, on_version, prefix
from embedded_aws.iam.reference import Action
from embedded_aws.iam.request_names import Names
from embedded_aws.iam.resources import Place, arns

_ROLE_MEMBER = re.compile(r"role(arn)?$", re.IGNORECASE)
_ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/.+")
_READING = ("Describe", "Get", "List")
# What creating with tags needs besides: each service's API page of the creating operation.
_TAGGING: Mapping[str, str] = {
    "ecr": "TagResource",
    "events": "TagResource",
    "kms": "TagResource",
    "lambda": "TagResource",
    "logs": "TagResource",
    "sagemaker": "AddTags",
    "scheduler": "TagResource",
    "sns": "TagResource",
    "sqs": "TagQueue",
    "ssm": "AddTagsToResource",
    "states": "TagResource",
}
_LAYERED = frozenset({"CreateFunction", "UpdateFunctionConfiguration"})
_PUTTING = frozenset({"CopyObject", "CreateMultipartUpload", "PutObject"})
_ACLS = ("ACL", "GrantFullControl", "GrantRead", "GrantReadACP", "GrantWriteACP")
_TAGS = ("Tags", "tags")


@dataclass(frozen=True)
class Requirement:
    """One action, on each of some resources.

    Attributes:
        passed_to: The service that a role is handed to, for ``iam:PassRole``.
        via: The service that asks on the caller's behalf, as ``kms:ViaService`` has it.
    """

    action: Action
    resources: tuple[str, ...]
    passed_to: str | None = None
    via: str | None = None


def requirements(call: Call, names: Names, place: Place) -> tuple[Requirement, ...]:
    """What must be allowed for a call to be.

    Raises:
        UnknownAction, UnknownResource: nobody has worked out what this call needs.
    """
    if call.operation == "DeleteObjects":
        return tuple(_deleted(call, place))
    own = tuple(_requirement(action, names, place) for action in actions_of(call))
    return (*own, *_dependent(call, own, place))


def _requirement(action: str, names: Names, place: Place) -> Requirement:
    known = reference.action(action)
    return Requirement(known, arns(known, names, place))


def _deleted(call: Call, place: Place) -> Iterator[Requirement]:
    # All must be allowed; AWS deletes those that are, and answers an error for each other one.
    for item in call.parameters["Delete"]["Objects"]:
        action = "s3:DeleteObjectVersion" if item.get("VersionId") else "s3:DeleteObject"
        yield _on_object(action, call.parameters["Bucket"], item["Key"], place)
        if call.parameters.get("BypassGovernanceRetention"):
            bypass = "s3:BypassGovernanceRetention"
            yield _on_object(bypass, call.parameters["Bucket"], item["Key"], place)


def _on_object(action: str, bucket: str, key: str, place: Place) -> Requirement:
    return _requirement(action, {"BucketName": bucket, "ObjectName": key}, place)


def _dependent(call: Call, own: tuple[Requirement, ...], place: Place) -> Iterator[Requirement]:
    if not call.operation.startswith(_READING) and call.service not in {"sts", "iam"}:
        yield from _passed_roles(call)
    if call.service == "s3":
        yield from _object_extras(call, own, place)
    if call.operation in _LAYERED:
        # "lambda:GetLayerVersion" on each (developer guide, "Adding layers to functions").
        for layer in call.parameters.get("Layers", ()):
            yield Requirement(reference.action("lambda:GetLayerVersion"), (layer,))
    service = prefix(call.service)
    if call.operation == "AssumeRole" and call.parameters.get("Tags"):
        yield replace(own[0], action=reference.action("sts:TagSession"))
    has_tags = any(call.parameters.get(name) for name in _TAGS)
    if call.operation.startswith(("Create", "Put")) and has_tags and service in _TAGGING:
        yield replace(own[0], action=reference.action(f"{service}:{_TAGGING[service]}"))
    if service == "states" and call.parameters.get("publish"):
        yield replace(own[0], action=reference.action("states:PublishStateMachineVersion"))


def _passed_roles(call: Call) -> Iterator[Requirement]:
    to = f"{prefix(call.service)}.amazonaws.com"
    shape = service_model(call.service).operation_model(call.operation).input_shape
    for role_arn in dict.fromkeys(_roles(call.parameters, shape) if shape else ()):
        yield Requirement(reference.action("iam:PassRole"), (role_arn,), passed_to=to)


def _roles(value: Any, shape: Any, member: str = "") -> Iterator[str]:  # noqa: ANN401  # botocore
    match shape.type_name:
        case "structure":
            for name, item in value.items():
                yield from _roles(item, shape.members[name], name)
        case "list":
            for item in value:
                yield from _roles(item, shape.member, member)
        case "map":
            # Its keys are the caller's words: a function's environment hands no role to Lambda.
            for item in value.values():
                yield from _roles(item, shape.value)
        case "string" if _ROLE_MEMBER.search(member) and _ROLE_ARN.fullmatch(value):
            yield value


def _object_extras(call: Call, own: tuple[Requirement, ...], place: Place) -> Iterator[Requirement]:
    source = call.parameters.get("CopySource")
    if source:
        yield _copied(source, place)
    if call.operation in _PUTTING and call.parameters.get("Tagging"):
        yield replace(own[0], action=reference.action("s3:PutObjectTagging"))
    if call.operation in _PUTTING and any(call.parameters.get(name) for name in _ACLS):
        yield replace(own[0], action=reference.action("s3:PutObjectAcl"))
    if call.operation in _PUTTING and call.parameters.get("ObjectLockMode"):
        yield replace(own[0], action=reference.action("s3:PutObjectRetention"))
    if call.operation in _PUTTING and call.parameters.get("ObjectLockLegalHoldStatus"):
        yield replace(own[0], action=reference.action("s3:PutObjectLegalHold"))
    if call.parameters.get("BypassGovernanceRetention"):
        yield replace(own[0], action=reference.action("s3:BypassGovernanceRetention"))


def _copied(source: str, place: Place) -> Requirement:
    # The header is a URL's path with its query, percent-encoded (API reference of CopyObject).
    parsed = urlparse(source)
    version = parse_qs(parsed.query).get("versionId")
    bucket, _, key = unquote(parsed.path).lstrip("/").partition("/")
    action = on_version("s3:GetObject") if version else "s3:GetObject"
    return _on_object(action, bucket, key, place)
