"""What a resource type is to the engine: how its service creates, changes and deletes it."""

from __future__ import annotations

import secrets
import string
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from embedded_aws.cloudformation.errors import ResourceFailure

Properties = Mapping[str, Any]
_SUFFIX_LENGTH = 12
_ALPHABET = string.ascii_uppercase + string.digits


@dataclass(frozen=True)
class Context:
    """Whose resource it is, and clients of the services that it lives in.

    Attributes:
        client: Makes a client by botocore's service name, under the stack's role.
    """

    client: Callable[[str], Any]
    region: str
    account_id: str
    stack_name: str
    logical_id: str

    def generated_name(self, longest: int = 64) -> str:
        """A name for a resource that the template leaves unnamed: stack, logical id, random."""
        return self.suffixed(f"{self.stack_name}-{self.logical_id}", longest)

    def suffixed(self, stem: str, longest: int = 64) -> str:
        """A stem, cut if need be, with a random suffix."""
        suffix = "".join(secrets.choice(_ALPHABET) for _ in range(_SUFFIX_LENGTH))
        return f"{stem[: longest - _SUFFIX_LENGTH - 1]}-{suffix}"

    def arn(self, service: str, resource: str) -> str:
        """An ARN in this stack's account and region."""
        return f"arn:aws:{service}:{self.region}:{self.account_id}:{resource}"


@dataclass(frozen=True)
class Resource:
    """A resource that exists, with the properties that it was last given."""

    context: Context
    physical_id: str
    properties: Properties

    def client(self, service: str) -> Any:  # noqa: ANN401  # boto3 clients have no static type
        """A client of a service, under the stack's role."""
        return self.context.client(service)


class Handler(ABC):
    """One resource type.

    Attributes:
        type: CloudFormation's name of it.
        properties: The properties that it honours; a template with any other is refused.
        attributes: What ``read`` returns, for ``Fn::GetAtt``.
        changing_attributes: Those that an update in place may change.
    """

    type: ClassVar[str]
    properties: ClassVar[frozenset[str]]
    attributes: ClassVar[frozenset[str]] = frozenset()
    changing_attributes: ClassVar[frozenset[str]] = frozenset()

    def is_taken(self, context: Context, properties: Properties) -> bool:  # noqa: ARG002  # as above
        """Whether something has the given name already that the creating call would take over."""
        return False

    @abstractmethod
    def create(self, context: Context, properties: Properties) -> str:
        """Create the resource and return its physical id, which is what ``Ref`` returns."""

    def complete(self, resource: Resource) -> None:  # noqa: B027  # most have nothing to add
        """Set what the creating call cannot; the resource is deleted if this fails."""

    def read(self, resource: Resource) -> dict[str, Any]:  # noqa: ARG002  # for those that have any
        """The attributes of the resource as it is now."""
        return {}

    def update(self, resource: Resource, new: Properties) -> None:  # noqa: ARG002  # as above
        """Change the resource in place, whose own properties may have been set only in part."""
        raise ResourceFailure(f"{self.type} has no property that changes in place")

    @abstractmethod
    def delete(self, resource: Resource) -> None:
        """Delete the resource; one that is gone already may raise its service's error."""


def subset(properties: Properties, names: Iterable[str]) -> dict[str, Any]:
    """The named properties, as far as they are set."""
    return {name: properties[name] for name in names if name in properties}


def renamed(properties: Properties, names: Mapping[str, str]) -> dict[str, Any]:
    """The properties named by the keys, under the names of the values."""
    return {new: properties[old] for old, new in names.items() if old in properties}


def changed(old: Properties, new: Properties, names: Iterable[str]) -> bool:
    """Whether any of the named properties differs."""
    return any(old.get(name) != new.get(name) for name in names)
