"""Policies are read when they are put, so that none is kept that AWS would not keep."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from embedded_aws.gateway.call import Call
from embedded_aws.gateway.service import ServiceError
from embedded_aws.iam import policies, policy_kinds
from embedded_aws.iam.policies import MalformedPolicy
from embedded_aws.iam.policy_kinds import PolicyKind

# The parameters that hold documents, and the error for one that is none: API references.
_PARAMETERS: Mapping[str, Mapping[str, PolicyKind]] = {
    "ecr": {"policyText": policy_kinds.REPOSITORY},
    "events": {"Policy": policy_kinds.RESOURCE},
    "iam": {
        "PolicyDocument": policy_kinds.IDENTITY,
        "AssumeRolePolicyDocument": policy_kinds.TRUST,
    },
    "kms": {"Policy": policy_kinds.RESOURCE},
    "logs": {"policyDocument": policy_kinds.RESOURCE},
    "s3": {"Policy": policy_kinds.BUCKET},
    "sts": {"Policy": policy_kinds.SESSION},
}
# These put a policy as one of many attributes.
_ATTRIBUTES = frozenset({"sns", "sqs"})
_ERRORS: Mapping[str, str] = {
    "ecr": "InvalidParameterException",
    "events": "ValidationException",
    "iam": "MalformedPolicyDocument",
    "kms": "MalformedPolicyDocumentException",
    "logs": "InvalidParameterException",
    "s3": "MalformedPolicy",
    "sns": "InvalidParameter",
    "sqs": "InvalidAttributeValue",
    "sts": "MalformedPolicyDocument",
}


def check(call: Call, is_principal: Callable[[str], bool]) -> None:
    """Refuse a call that puts a malformed policy.

    Args:
        call: Any call.
        is_principal: Whether there is a principal that goes by an ARN or an account id.

    Raises:
        ServiceError: the service's own error, saying what is wrong with the document.
    """
    for document, kind in _documents(call):
        try:
            policy = policies.read(f"the policy of {call.operation}", document)
            policy_kinds.check(policy, kind, is_principal)
            if kind is policy_kinds.BUCKET:
                policy_kinds.check_bucket(policy, call.parameters["Bucket"])
        except MalformedPolicy as malformed:
            raise ServiceError(_ERRORS[call.service], str(malformed)) from malformed


def _documents(call: Call) -> Iterator[tuple[str, PolicyKind]]:
    for name, kind in _PARAMETERS.get(call.service, {}).items():
        if isinstance(document := call.parameters.get(name), str):
            is_trust = call.operation == "UpdateAssumeRolePolicy"
            yield document, policy_kinds.TRUST if is_trust else kind
    if call.service in _ATTRIBUTES:
        for document in _attribute(call):
            yield document, policy_kinds.RESOURCE


def _attribute(call: Call) -> Iterator[str]:
    attributes = call.parameters.get("Attributes")
    if isinstance(attributes, Mapping) and attributes.get("Policy"):
        yield attributes["Policy"]
    if call.parameters.get("AttributeName") == "Policy" and call.parameters.get("AttributeValue"):
        yield call.parameters["AttributeValue"]
