"""Policies are read when they are put, so that none is kept that could not be evaluated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from embedded_aws.gateway.call import Call
from embedded_aws.gateway.service import ServiceError
from embedded_aws.iam import policies
from embedded_aws.iam.policies import MalformedPolicy

# The parameters that hold documents, and the error for one that is none: API references.
_PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "iam": ("PolicyDocument", "AssumeRolePolicyDocument"),
    "kms": ("Policy",),
    "logs": ("policyDocument",),
    "s3": ("Policy",),
    "sts": ("Policy",),
}
_ERRORS: Mapping[str, str] = {
    "iam": "MalformedPolicyDocument",
    "kms": "MalformedPolicyDocumentException",
    "logs": "InvalidParameterException",
    "s3": "MalformedPolicy",
    "sns": "InvalidParameter",
    "sqs": "InvalidAttributeValue",
    "sts": "MalformedPolicyDocument",
}


def check(call: Call) -> None:
    """Refuse a call that puts a malformed policy.

    Raises:
        ServiceError: the service's own error, saying what is wrong with the document.
    """
    for document in _documents(call):
        try:
            policies.read(f"the policy of {call.operation}", document)
        except MalformedPolicy as malformed:
            raise ServiceError(_ERRORS[call.service], str(malformed)) from malformed


def _documents(call: Call) -> Iterator[str]:
    for name in _PARAMETERS.get(call.service, ()):
        if isinstance(document := call.parameters.get(name), str):
            yield document
    if call.service in {"sns", "sqs"}:
        yield from _attribute(call.parameters)


def _attribute(parameters: Mapping[str, Any]) -> Iterator[str]:
    attributes = parameters.get("Attributes")
    if isinstance(attributes, Mapping) and attributes.get("Policy"):
        yield attributes["Policy"]
    if parameters.get("AttributeName") == "Policy" and parameters.get("AttributeValue"):
        yield parameters["AttributeValue"]
