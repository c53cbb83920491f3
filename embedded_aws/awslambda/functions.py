"""The functions of an instance: their configurations, versions and what hangs on them."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from embedded_aws.awslambda.configuration import Configuration
from embedded_aws.awslambda.errors import function_not_found
from embedded_aws.awslambda.names import LATEST, FunctionReference, Names
from embedded_aws.service_principals import ServicePrincipal

_UNQUALIFIED_PARTS = 7


def timestamp(when: datetime) -> str:
    """Lambda's way to write an instant."""
    return f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03d}+0000"


def assumer(function_arn: str) -> ServicePrincipal:
    """Lambda, on behalf of a function, whatever its version."""
    return ServicePrincipal("lambda.amazonaws.com", function_arn)


@dataclass(frozen=True)
class FunctionVersion:
    """A function's configuration at one version, ``$LATEST`` included; it never changes."""

    arn: str
    version: str
    configuration: Configuration
    last_modified: datetime
    revision_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def assumer(self) -> ServicePrincipal:
        """As whom Lambda assumes the role; its trust policy may ask for the function."""
        return assumer(":".join(self.arn.split(":")[:_UNQUALIFIED_PARTS]))

    def describe(self) -> dict[str, Any]:
        """AWS's FunctionConfiguration; changes are in effect at once, so it is always Active."""
        return {
            **self.configuration.describe(),
            "FunctionArn": self.arn,
            "Version": self.version,
            "LastModified": timestamp(self.last_modified),
            "RevisionId": self.revision_id,
            "State": "Active",
            "LastUpdateStatus": "Successful",
        }


@dataclass(frozen=True)
class Alias:
    """A name for a version."""

    arn: str
    name: str
    version: str
    description: str
    revision_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def describe(self) -> dict[str, Any]:
        """AWS's AliasConfiguration."""
        return {
            "AliasArn": self.arn,
            "Name": self.name,
            "FunctionVersion": self.version,
            "Description": self.description,
            "RevisionId": self.revision_id,
        }


@dataclass
class Function:
    """Everything about one function; guarded by its registry's lock."""

    latest: FunctionVersion
    versions: dict[str, FunctionVersion] = field(default_factory=dict)
    aliases: dict[str, Alias] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    statements: dict[str, dict[str, Mapping[str, Any]]] = field(default_factory=dict)
    event_invoke: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    reserved_concurrency: int | None = None

    @property
    def name(self) -> str:
        """The function's name."""
        return self.latest.configuration.function_name

    def at(self, qualifier: str | None) -> FunctionVersion | None:
        """The version that a qualifier means, if there is one."""
        if qualifier in {None, LATEST}:
            return self.latest
        alias = self.aliases.get(qualifier or "")
        return self.versions.get(alias.version if alias else qualifier or "")


class FunctionRegistry:
    """Finds functions by reference; hold ``lock`` while reading and changing one."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.lock = threading.RLock()
        self._functions: dict[str, Function] = {}
        self._published: dict[str, int] = {}

    def add(self, function: Function) -> None:
        """Register a new function."""
        self._functions[function.name] = function

    def remove(self, name: str) -> None:
        """Forget a function with all that hangs on it."""
        del self._functions[name]

    def all(self) -> list[Function]:
        """Every function, by name."""
        return [self._functions[name] for name in sorted(self._functions)]

    def __contains__(self, name: str) -> bool:
        """Whether a function of that name exists."""
        return name in self._functions

    def function(self, reference: FunctionReference) -> Function:
        """The function, whatever the qualifier.

        Raises:
            ServiceError: there is none of that name.
        """
        if reference.name not in self._functions:
            raise function_not_found(self.names.function_arn(reference.name, reference.qualifier))
        return self._functions[reference.name]

    def version(self, reference: FunctionReference) -> FunctionVersion:
        """The version that a reference means.

        Raises:
            ServiceError: there is no such function, version or alias.
        """
        found = self.function(reference).at(reference.qualifier)
        if found is None:
            arn = self.names.function_arn(reference.name, reference.qualifier)
            raise function_not_found(arn)
        return found

    def publish(
        self, function: Function, description: str | None, now: datetime
    ) -> FunctionVersion:
        """Freeze ``$LATEST`` as the next version, or find that the newest one is the same."""
        configuration = function.latest.configuration
        newest = function.versions.get(str(self._published.get(function.name, 0)))
        if newest is not None and configuration == replace(
            newest.configuration, description=configuration.description
        ):
            return newest
        if description is not None:
            configuration = replace(configuration, description=description)
        # Numbers go on even after the function was deleted (API reference, PublishVersion).
        number = self._published[function.name] = self._published.get(function.name, 0) + 1
        arn = self.names.function_arn(function.name, str(number))
        version = FunctionVersion(arn, str(number), configuration, now)
        function.versions[version.version] = version
        return version
