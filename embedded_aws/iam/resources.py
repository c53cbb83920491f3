"""The ARNs that an action is about, filled from the request by the resource types' formats."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
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
_KEPT_SOURCES = 4096


@dataclass(frozen=True)
class Place:
    """Where the resources are."""

    account_id: str
    region: str

    def arn(self, pattern: str, values: Mapping[str, str]) -> str:
        """Fill an ARN format; what is not known, such as an id to come, becomes ``*``."""
        where = {"Partition": "aws", "Region": self.region, "Account": self.account_id}
        return fill(pattern, {**where, **values})


@dataclass(frozen=True)
class Sources:
    """Which members of a request may tell of one resource type of an action.

    Attributes:
        by_placeholder: What stands for each placeholder of the type's format, where anything does.
        own_name: What may stand for the last placeholder where nothing tells any of them: what an
            operation is about is often just its Name, CreateTopic's is a topic's.
        arns: What may hold whole ARNs.
    """

    kind: ResourceType
    by_placeholder: tuple[tuple[str, str], ...]
    own_name: str | None
    arns: tuple[str, ...]


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
        dict.fromkeys(arn for it in whole or part for arn in _of_type(action, it, names, place))
    )
    if found:
        return found
    if action.name in _ABOUT_ALL or action.name.partition(":")[2].startswith(_LISTING):
        required = [kind for kind in action.resource_types if kind.is_required]
        return tuple(place.arn(kind.arn, {}) for kind in required) or ("*",)
    if any(kind.is_required for kind in action.resource_types):
        raise UnknownResource(f"{action.name}: none of {sorted(names)} names a resource")
    return ("*",)


def _named_types(action: Action, names: Mapping[str, Any]) -> tuple[list[Sources], list[Sources]]:
    """The types that a request names a resource of: entirely, and but for some part.

    A stack's id is such a part: it is known to CloudFormation alone.
    """
    whole, part = [], []
    for sources in _sources(action, tuple(names)):
        known = _known(sources, names)
        if known.keys() == set(sources.kind.placeholders) or any(_given(sources, names)):
            whole.append(sources)
        elif known:
            part.append(sources)
    return [it for it in whole if not _is_in_another(it.kind, whole)], part


def _is_in_another(kind: ResourceType, others: list[Sources]) -> bool:
    # A rule on a custom bus is named by bus and rule, one on the default bus by the rule.
    return any(set(kind.placeholders) < set(other.kind.placeholders) for other in others)


@lru_cache(maxsize=_KEPT_SOURCES)
def _sources(action: Action, members: tuple[str, ...]) -> tuple[Sources, ...]:
    """Where to look for each type of an action in requests with these members."""
    service = action.name.partition(":")[0]
    return tuple(
        Sources(
            kind,
            tuple(_naming(kind, members)),
            _named("Name", members) if _is_about(action, kind) else None,
            tuple(member for member in members if may_name(member, service, kind)),
        )
        for kind in action.resource_types
    )


def _naming(kind: ResourceType, members: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for placeholder in kind.placeholders:
        plain = placeholder.removesuffix("WithPath")
        found = (_named(wanted, members) for wanted in (placeholder, plain, f"{plain}s"))
        yield from ((placeholder, member) for member in list(filter(None, found))[:1])


def _named(wanted: str, members: tuple[str, ...]) -> str | None:
    return next((member for member in members if member.lower() == wanted.lower()), None)


def _is_about(action: Action, kind: ResourceType) -> bool:
    noun = _VERB.sub("", action.name.partition(":")[2]).lower()
    return noun == kind.name.replace("-", "").replace(" ", "").lower()


def _of_type(
    action: Action, sources: Sources, names: Mapping[str, Any], place: Place
) -> Iterator[str]:
    kind, values = sources.kind, _known(sources, names)
    for index in range(max(map(len, values.values()), default=0)):
        chosen = {name: texts[min(index, len(texts) - 1)] for name, texts in values.items()}
        given = [text for text in chosen.values() if _is_arn_of(kind, text)]
        for arn in given or [place.arn(kind.arn, chosen)]:
            yield _judged(action, kind, arn)
    for arn in _given(sources, names):
        yield _judged(action, kind, arn)


def _known(sources: Sources, names: Mapping[str, Any]) -> dict[str, list[str]]:
    found = {name: _filled(names[member]) for name, member in sources.by_placeholder}
    values = {name: texts for name, texts in found.items() if texts}
    if values or sources.own_name is None:
        return values
    texts = _filled(names[sources.own_name])
    return {sources.kind.placeholders[-1]: texts} if texts else {}


def _given(sources: Sources, names: Mapping[str, Any]) -> Iterator[str]:
    for member in sources.arns:
        yield from (text for text in _texts(names[member]) if _is_arn_of(sources.kind, text))


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


def _texts(value: object) -> list[str]:
    if isinstance(value, list):
        return [item for item in value if isinstance(item, str)]
    return [str(value)] if isinstance(value, str | int) else []


def _filled(value: object) -> list[str]:
    return [text for text in _texts(value) if text]
