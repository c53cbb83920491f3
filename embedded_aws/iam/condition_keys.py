"""The condition keys of a request: global ones, and each service's from the parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from embedded_aws.gateway.call import Call
from embedded_aws.gateway.protocol import service_model
from embedded_aws.iam.callers import Caller, Kind
from embedded_aws.iam.requirements import Requirement

Tags = Mapping[str, str]

# No request here has these: there is no VPC, organization, MFA or federation.
_ABSENT = frozenset(
    {
        "aws:calledvia",
        "aws:calledviafirst",
        "aws:calledvialast",
        "aws:ec2instancesourceprivateipv4",
        "aws:ec2instancesourcevpc",
        "aws:federatedprovider",
        "aws:multifactorauthage",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:referer",
        "aws:resourceorgid",
        "aws:resourceorgpaths",
        "aws:sourceidentity",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:vpcsourceip",
        "events:managedby",
        "s3:accessgrantsinstancearn",
    }
)
# Keys of services that go by another name in requests.
_SYNONYMS: Mapping[str, str] = {
    "cloudformation:changesetname": "ChangeSetName",
    "events:targetarn": "Arn",
    "lambda:layer": "Layers",
    "sagemaker:intercontainertrafficencryption": "EnableInterContainerTrafficEncryption",
    "sagemaker:keepaliveperiod": "KeepAlivePeriodInSeconds",
    "sagemaker:networkisolation": "EnableNetworkIsolation",
    "sagemaker:outputkmskey": "KmsKeyId",
    "sagemaker:outputkmskeyarn": "KmsKeyId",
    "sagemaker:volumekmskey": "VolumeKmsKeyId",
    "sagemaker:volumekmskeyarn": "VolumeKmsKeyId",
    "sagemaker:vpcsecuritygroupids": "SecurityGroupIds",
    "sagemaker:vpcsubnets": "Subnets",
}
# Services that publish to topics under the deprecated key of default topic policies.
_SOURCE_OWNERS = frozenset({"cloudwatch.amazonaws.com"})
_QUALIFIED_PARTS = 8


class UnevaluatedKey(NotImplementedError):
    """A policy depends on a key that AWS would fill here and the embedded AWS cannot."""


@dataclass(frozen=True)
class RequestKeys:
    """Keys of one action on one resource, each worked out when a policy asks for it.

    ``aws:SecureTransport`` is true, unless the request says otherwise by X-Forwarded-Proto.

    Attributes:
        principal_tags: The tags of the user or role.
        resource_tags: Looks the resource's tags up.
    """

    call: Call
    caller: Caller
    requirement: Requirement
    resource: str
    now: datetime
    principal_tags: Callable[[], Tags]
    resource_tags: Callable[[], Tags]

    def values(self, key: str) -> Sequence[str] | None:
        """The values of a key, in any case; ``None`` when this request does not have it.

        Raises:
            UnevaluatedKey: AWS may fill it; here it cannot be known.
        """
        name, _, part = key.partition("/")
        wanted = name.lower()
        if wanted in _ABSENT:
            return None
        if wanted in _TAGGED:
            return _one(_of_any_case(_TAGGED[wanted](self), part))
        if wanted in _GLOBAL:
            return _GLOBAL[wanted](self)
        if wanted.startswith("aws:"):
            raise UnevaluatedKey(f"the embedded AWS does not know the condition key {key}")
        return self._of_service(key, wanted, part)

    def _of_service(self, key: str, wanted: str, part: str) -> Sequence[str] | None:
        if wanted.partition(":")[0] != self.requirement.action.name.partition(":")[0]:
            return None
        member = _SYNONYMS.get(wanted, wanted.partition(":")[2])
        found = self._members.get(_plain(member)) or self._members.get(_plain(member) + "s")
        found = found or self._members.get(_plain(member).removesuffix("s"))
        if found is not None:
            return [text for value in found for text in _texts(value, part)] or None
        if self._may_name(member) or not self._applies(wanted):
            return None
        raise UnevaluatedKey(
            f"the embedded AWS cannot tell {key} of {self.requirement.action.name}"
        )

    def _applies(self, wanted: str) -> bool:
        keys = self.requirement.action.condition_keys
        return any(key.partition("/")[0].lower() == wanted for key in keys)

    def _may_name(self, member: str) -> bool:
        shape = service_model(self.call.service).operation_model(self.call.operation).input_shape
        plain = _plain(member).removesuffix("s")
        return shape is not None and any(
            _plain(name).removesuffix("s") == plain for name in _member_names(shape)
        )

    @cached_property
    def _members(self) -> Mapping[str, list[Any]]:
        shape = service_model(self.call.service).operation_model(self.call.operation).input_shape
        members: dict[str, list[Any]] = {}
        for name, value in _walk(self.call.parameters):
            members.setdefault(_plain(name), []).append(value)
        for name, value in self.call.parameters.items():
            wire = shape.members[name].serialization.get("name") if shape else None
            if wire:
                members.setdefault(_plain(wire), [value])
        return members

    @property
    def request_tags(self) -> Tags:
        """Tags that the request sets."""
        tags = self.call.parameters.get("Tags", self.call.parameters.get("tags")) or {}
        if isinstance(tags, Mapping):
            return tags
        lower = [{name.lower(): text for name, text in tag.items()} for tag in tags]
        return {tag["key"]: tag.get("value", "") for tag in lower if "key" in tag}

    @property
    def tag_keys(self) -> Sequence[str] | None:
        """Keys of the tags that the request sets or takes away."""
        given = self.call.parameters.get("TagKeys", self.call.parameters.get("tagKeys"))
        return list(given or self.request_tags) or None

    @property
    def session_and_principal_tags(self) -> Tags:
        """Session tags override the role's own."""
        return {**self.principal_tags(), **dict(self.caller.session_tags)}


def _one(value: str | None) -> Sequence[str] | None:
    return None if value is None else (value,)


def _of_any_case(tags: Tags, name: str) -> str | None:
    return next((value for key, value in tags.items() if key.lower() == name.lower()), None)


def _source_ip(keys: RequestKeys) -> Sequence[str] | None:
    return None if keys.caller.kind is Kind.SERVICE else ("127.0.0.1",)


def _is_service(keys: RequestKeys) -> str:
    return str(keys.caller.kind is Kind.SERVICE).lower()


def _if_kind(kind: Kind, value: str, keys: RequestKeys) -> Sequence[str] | None:
    return (value,) if keys.caller.kind is kind else None


def _source_owner(keys: RequestKeys) -> Sequence[str] | None:
    is_owner = keys.caller.name in _SOURCE_OWNERS
    return _one(keys.caller.source.account_id) if is_owner else None


def _of_principal(value: str, keys: RequestKeys) -> Sequence[str] | None:
    """``anonymous`` for anonymous callers, and nothing for services (user guide, "AWS global
    condition context keys").
    """  # noqa: D205  # one sentence
    if keys.caller.kind is Kind.SERVICE:
        return None
    return ("anonymous",) if keys.caller.kind is Kind.ANONYMOUS else (value,)


def _function_arn(keys: RequestKeys) -> Sequence[str] | None:
    named = str(keys.call.parameters.get("FunctionName") or "")
    if not named or named.startswith("arn:"):
        return (named,) if named else None
    # A name, or a partial ARN: account and "function" before it, a version or alias behind.
    function = named.partition(":function:")[2] or named
    context = keys.call.context
    return (f"arn:aws:lambda:{context.region}:{context.account_id}:function:{function}",)


def _principal_arn(keys: RequestKeys) -> Sequence[str] | None:
    has_arn = keys.caller.kind not in {Kind.SERVICE, Kind.ANONYMOUS}
    return (keys.caller.principal_arn,) if has_arn else None


def _qualifier(keys: RequestKeys) -> Sequence[str] | None:
    parts = str(
        keys.call.parameters.get("stateMachineArn")
        or keys.call.parameters.get("stateMachineAliasArn")
        or keys.call.parameters.get("stateMachineVersionArn", "")
    ).split(":")
    return (parts[-1],) if len(parts) == _QUALIFIED_PARTS else None


_TAGGED: Mapping[str, Callable[[RequestKeys], Tags]] = {
    "aws:principaltag": lambda keys: keys.session_and_principal_tags,
    "aws:requesttag": lambda keys: keys.request_tags,
    "aws:resourcetag": lambda keys: keys.resource_tags(),
    "iam:resourcetag": lambda keys: keys.resource_tags(),
    "s3:buckettag": lambda keys: keys.resource_tags(),
    "sagemaker:resourcetag": lambda keys: keys.resource_tags(),
}
_GLOBAL: Mapping[str, Callable[[RequestKeys], Sequence[str] | None]] = {
    "aws:currenttime": lambda keys: (keys.now.isoformat(),),
    "aws:epochtime": lambda keys: (str(int(keys.now.timestamp())),),
    # Temporary credentials tell it, long-term keys do not; nobody here has MFA.
    "aws:multifactorauthpresent": lambda keys: _if_kind(Kind.ROLE_SESSION, "false", keys),
    "aws:principalaccount": lambda keys: _of_principal(keys.caller.account_id, keys),
    "aws:principalarn": _principal_arn,
    "aws:principalisawsservice": lambda keys: (_is_service(keys),),
    "aws:principalservicename": lambda keys: _if_kind(Kind.SERVICE, keys.caller.name, keys),
    "aws:principaltype": lambda keys: (keys.caller.kind.value,),
    "aws:requestedregion": lambda keys: (keys.call.context.region,),
    "aws:resourceaccount": lambda keys: (keys.call.context.account_id,),
    "aws:securetransport": lambda keys: (str(keys.call.context.is_secure).lower(),),
    "aws:sourceaccount": lambda keys: _one(keys.caller.source.account_id),
    "aws:sourcearn": lambda keys: _one(keys.caller.source.arn),
    "aws:sourceip": _source_ip,
    "aws:sourceowner": _source_owner,
    "aws:tagkeys": lambda keys: keys.tag_keys,
    "aws:userid": lambda keys: _of_principal(keys.caller.user_id, keys),
    "aws:username": lambda keys: _if_kind(Kind.USER, keys.caller.name, keys),
    "aws:viaawsservice": lambda _: ("false",),
    "events:creatoraccount": lambda keys: (keys.call.context.account_id,),
    "iam:passedtoservice": lambda keys: _one(keys.requirement.passed_to),
    "kms:calleraccount": lambda keys: _of_principal(keys.caller.account_id, keys),
    "kms:viaservice": lambda keys: _one(keys.requirement.via),
    "lambda:functionarn": _function_arn,
    "s3:authtype": lambda _: ("REST-HEADER",),
    "s3:resourceaccount": lambda keys: (keys.call.context.account_id,),
    "s3:signatureversion": lambda _: ("AWS4-HMAC-SHA256",),
    "states:statemachinequalifier": _qualifier,
}


def _plain(name: str) -> str:
    return name.replace("-", "").replace("_", "").lower()


def _walk(value: object) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield name, item
            yield from _walk(item)
    elif isinstance(value, list):
        for item in value:
            yield from _walk(item)


def _member_names(shape: Any, seen: frozenset[str] = frozenset()) -> Iterator[str]:  # noqa: ANN401  # botocore shape
    if shape.name in seen:
        return
    within = seen | {shape.name}
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            yield from (name, member.serialization.get("name", name))
            yield from _member_names(member, within)
    elif shape.type_name in {"list", "map"}:
        yield from _member_names(shape.member if shape.type_name == "list" else shape.value, within)


def _texts(value: object, part: str) -> Iterator[str]:
    if isinstance(value, bool):
        yield str(value).lower()
    elif isinstance(value, str | int | float):
        yield str(value)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, part)
    elif isinstance(value, Mapping) and part:
        yield from (str(text) for name, text in value.items() if name.lower() == part.lower())
