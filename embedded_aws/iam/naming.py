"""Which members of a request may hold the ARN of what it is about: the rest is mere content."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from embedded_aws.iam.reference import ResourceType

_SUFFIX = re.compile(r"(arn|identifier|id|name)(list|s)?$")
_PATH = "withpath"
_ANY_TYPE = frozenset({"arn", "identifier", "resource", "resourcearn", "resourceidentifier"})
# Members that go by the resource's part in the operation, not by its type.
_BY_PART: Mapping[str, frozenset[str]] = {
    "events": frozenset({"eventsourcearn"}),
    "iam": frozenset({"openidconnectproviderarn", "policysourcearn", "serialnumber"}),
    "sagemaker": frozenset({"destinationarn", "sourcearn"}),
    "sns": frozenset({"targetarn"}),
    "sqs": frozenset({"destinationarn", "sourcearn"}),
}


@cache
def may_name(member: str, service: str, kind: ResourceType) -> bool:
    """Tell whether a top-level member of a request may hold an ARN of a type.

    A topic's may be in ``TopicArn``, ``ResourceArn`` and SNS's ``TargetArn``, not in ``Message``.

    Args:
        member: The member's name.
        service: The prefix of the service's actions.
        kind: The type.
    """
    name = member.lower()
    if name in _ANY_TYPE or name in _BY_PART.get(service, ()):
        return True
    return _SUFFIX.search(name) is not None and _stem(name) in _stems(kind)


def _stems(kind: ResourceType) -> frozenset[str]:
    plain = kind.name.replace("-", "").replace(" ", "").lower()
    parts = (name.lower().removesuffix(_PATH) for name in kind.placeholders)
    return frozenset({plain, *map(_stem, parts)} - {""})


def _stem(name: str) -> str:
    return _SUFFIX.sub("", name)
