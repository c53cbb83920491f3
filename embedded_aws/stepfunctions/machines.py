"""State machines: their revisions, versions and aliases."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from embedded_aws.gateway.service import ServiceError
from embedded_aws.stepfunctions.definition import Machine

_NOT_IN_SESSION_NAMES = re.compile(r"[^\w+=,.@-]")
_ARN = re.compile(
    r"(?P<machine>arn:aws:states:[a-z0-9-]+:\d{12}:stateMachine:[^:]+)(:(?P<qualifier>[^:]+))?"
)

# As whom Step Functions assumes machines' roles.
PRINCIPAL = "states.amazonaws.com"


@dataclass(frozen=True)
class Revision:
    """A definition with all that an execution of it needs."""

    machine_arn: str
    name: str
    revision_id: str | None
    definition_text: str
    machine: Machine
    variable_references: Mapping[str, list[str]]
    role_arn: str
    logging: Mapping[str, Any]
    tracing: Mapping[str, Any]
    made_at: datetime

    @property
    def session_name(self) -> str:
        """The role session that its executions act in."""
        return f"states-{_NOT_IN_SESSION_NAMES.sub('-', self.name)}"[:64]


@dataclass(frozen=True)
class Version:
    """A published revision."""

    arn: str
    number: int
    revision: Revision
    description: str
    created_at: datetime


@dataclass(frozen=True)
class Alias:
    """A name that routes executions to one or two versions."""

    arn: str
    name: str
    routing: tuple[Mapping[str, Any], ...]
    description: str
    created_at: datetime
    updated_at: datetime

    def pick(self, chance: Random) -> str:
        """The ARN of the version that the next execution runs."""
        weights = [route["weight"] for route in self.routing]
        return str(chance.choices(self.routing, weights)[0]["stateMachineVersionArn"])


@dataclass(eq=False)
class StateMachine:
    """One state machine; the store's lock guards all that changes."""

    arn: str
    name: str
    created_at: datetime
    revision: Revision
    tags: dict[str, str]
    versions: dict[int, Version] = field(default_factory=dict)
    aliases: dict[str, Alias] = field(default_factory=dict)
    last_version: int = 0


@dataclass(frozen=True)
class Target:
    """What a (qualified) ARN stands for when an execution starts on it."""

    machine: StateMachine
    revision: Revision
    version_arn: str | None = None
    alias_arn: str | None = None


class MachineStore:
    """All state machines by ARN."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._by_arn: dict[str, StateMachine] = {}
        self._chance = Random(0)  # noqa: S311  # alias routing, repeatable

    def add(self, machine: StateMachine) -> None:
        """Keep a new machine."""
        self._by_arn[machine.arn] = machine

    def remove(self, arn: str) -> None:
        """Forget a machine with its versions and aliases; unknown ones are forgotten already."""
        self._by_arn.pop(arn, None)

    def all(self) -> list[StateMachine]:
        """All machines, oldest first."""
        return list(self._by_arn.values())

    def find(self, arn: str) -> StateMachine | None:
        """The machine with this unqualified ARN."""
        return self._by_arn.get(arn)

    def get(self, arn: str) -> StateMachine:
        """The machine with this unqualified ARN.

        Raises:
            ServiceError: ``StateMachineDoesNotExist``, or ``InvalidArn``.
        """
        machine = self._by_arn.get(arn)
        if machine is None:
            split_arn(arn)
            raise missing_machine(arn)
        return machine

    def target(self, arn: str) -> Target:
        """What an ARN of a machine, a version or an alias stands for.

        Raises:
            ServiceError: ``StateMachineDoesNotExist``, or ``InvalidArn``.
        """
        machine_arn, qualifier = split_arn(arn)
        machine = self._by_arn.get(machine_arn)
        if machine is None:
            raise missing_machine(arn)
        if qualifier is None:
            return Target(machine, machine.revision)
        if qualifier in machine.aliases:
            alias = machine.aliases[qualifier]
            version = self.version(alias.pick(self._chance))
            return Target(machine, version.revision, version.arn, alias.arn)
        version = self.version(arn)
        return Target(machine, version.revision, version.arn)

    def version(self, arn: str) -> Version:
        """The published version with this ARN.

        Raises:
            ServiceError: ``StateMachineDoesNotExist``, or ``InvalidArn``.
        """
        machine_arn, qualifier = split_arn(arn)
        machine = self._by_arn.get(machine_arn)
        number = int(qualifier) if qualifier is not None and qualifier.isdecimal() else 0
        if machine is None or number not in machine.versions:
            raise missing_machine(arn)
        return machine.versions[number]


def split_arn(arn: str) -> tuple[str, str | None]:
    """A machine's ARN, and the version or alias behind it.

    Raises:
        ServiceError: ``InvalidArn``.
    """
    parts = _ARN.fullmatch(arn)
    if parts is None:
        raise ServiceError("InvalidArn", f"Invalid Arn: 'Invalid ARN prefix: {arn}'")
    return parts["machine"], parts["qualifier"]


def missing_machine(arn: str) -> ServiceError:
    """The error for a machine, version or alias that is not there."""
    return ServiceError("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")
