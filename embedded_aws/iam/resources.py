"""The ARNs that an action is about, filled from the request by the resource types' formats."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from embedded_aws.iam.naming import may_name
from embedded_aws.iam.reference import Action, ResourceType, fill

_VERB = re.compile(r"^[A-Z][a-z]+")
# Operations that are about whatever there is of a type; an artifact's id is yet to come.
_LISTING = ("Describe", "List")
_ABOUT_ALL = frozenset(
    {
        "iam:GetAccessKeyLastUsed",
        "iam:GetServiceLinkedRoleDeletionStatus",
        "logs:GetQueryResults",
        "sagemaker:CreateArtifact",
    }
)
# Policies name a log group with ":*" behind, except for actions on its tags (CloudWatch Logs
# user guide, "Logs resources and operations"); AWS's messages show an empty stream there.
_WITHIN_LOG_GROUP = ":log-stream:"
_S3 = "arn:${Partition}:s3:"


@dataclass(frozen=True)
class Place:
    """Where the resources are."""

    account_id: str
    region: str

    def arn(self, pattern: str, values: Mapping[str, str]) -> str:
        """Fill an ARN format; what is not known, such as an id to come, becomes ``*``."""
        where = {"Partition": "aws", "Region": self.region, "Account": self.account_id}
        return fill(pattern, {**where, **values})


class UnknownResource(LookupError):
    """No parameter tells what resource of the action's types a request is about."""


def arns(action: Action, names: Mapping[str, Any], place: Place) -> tuple[str, ...]:
    """Every resource that the action needs permission for; ``*`` where it has no types.

    Args:
        action: The action, with its resource types.
        names: A request's parameters, in the words of the formats (``request_names.names_of``).
        place: Account and region of what is named without them.

    Raises:
        UnknownResource: the request names none; better refused than taken for ``*``.
    """
    whole, part = _named_types(action, names)
    found = tuple(
        dict.fromkeys(arn for kind in whole or part for arn in _of_type(action, kind, names, place))
    )
    if found:
        return found
    if action.name in _ABOUT_ALL or action.name.partition(":")[2].startswith(_LISTING):
        required = [kind for kind in action.resource_types if kind.is_required]
        return tuple(place.arn(kind.arn, {}) for kind in required) or ("*",)
    if any(kind.is_required for kind in action.resource_types):
        raise UnknownResource(f"{action.name}: none of {sorted(names)} names a resource")
    return ("*",)


def _named_types(
    action: Action, names: Mapping[str, Any]
) -> tuple[list[ResourceType], list[ResourceType]]:
    """The types that a request names a resource of: entirely, and but for some part.

    A stack's id is such a part: it is known to CloudFormation alone.
    """
    whole, part = [], []
    for kind in action.resource_types:
        known = _known(action, kind, names)
        if known.keys() == set(kind.placeholders) or any(_given(action, kind, names)):
            whole.append(kind)
        elif known:
            part.append(kind)
    return [kind for kind in whole if not _is_in_another(kind, whole)], part


def _is_in_another(kind: ResourceType, others: list[ResourceType]) -> bool:
    # A rule on a custom bus is named by bus and rule, one on the default bus by the rule.
    return any(set(kind.placeholders) < set(other.placeholders) for other in others)


def _of_type(
    action: Action, kind: ResourceType, names: Mapping[str, Any], place: Place
) -> Iterator[str]:
    values = _known(action, kind, names)
    for index in range(max(map(len, values.values()), default=0)):
        chosen = {name: texts[min(index, len(texts) - 1)] for name, texts in values.items()}
        given = [text for text in chosen.values() if _is_arn_of(kind, text)]
        for arn in given or [place.arn(kind.arn, chosen)]:
            yield _judged(action, kind, arn)
    for arn in _given(action, kind, names):
        yield _judged(action, kind, arn)


def _known(action: Action, kind: ResourceType, names: Mapping[str, Any]) -> dict[str, list[str]]:
    values = {name: texts for name in kind.placeholders if (texts := _named(name, names))}
    if values or _noun(action.name) != kind.name.replace("-", "").replace(" ", "").lower():
        return values
    # What an operation is about is often just its Name: CreateTopic's is a topic's.
    texts = _named("Name", names)
    return {kind.placeholders[-1]: texts} if texts else {}


def _given(action: Action, kind: ResourceType, names: Mapping[str, Any]) -> Iterator[str]:
    service = action.name.partition(":")[0]
    for member, value in names.items():
        if may_name(member, service, kind):
            yield from (text for text in _texts(value) if _is_arn_of(kind, text))


def _is_arn_of(kind: ResourceType, text: str) -> bool:
    # S3 goes by buckets and keys alone, and a key may well look like an ARN.
    return not kind.arn.startswith(_S3) and kind.matches(text)


def _judged(action: Action, kind: ResourceType, arn: str) -> str:
    """The form of an ARN that policies are held against, however the request wrote it."""
    if action.name.startswith("logs:") and kind.name == "log-group":
        return arn.removesuffix(":*") + ("" if "Tag" in action.name else _WITHIN_LOG_GROUP)
    if action.name.startswith("sagemaker:"):
        # SageMaker lower-cases the names in the ARNs that it issues.
        return arn.lower()
    return arn


def _named(placeholder: str, names: Mapping[str, Any]) -> list[str]:
    plain = placeholder.removesuffix("WithPath")
    for wanted in dict.fromkeys((placeholder, plain, f"{plain}s")):
        for name, value in names.items():
            if name.lower() == wanted.lower():
                return [text for text in _texts(value) if text]
    return []


def _noun(action: str) -> str:
    return _VERB.sub("", action.partition(":")[2]).lower()


def _texts(value: object) -> list[str]:
    if isinstance(value, list):
        return [item for item in value if isinstance(item, str)]
    return [str(value)] if isinstance(value, str | int) else []
