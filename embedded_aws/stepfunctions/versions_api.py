"""The API of versions and aliases of state machines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from embedded_aws.gateway.service import Operation, Parameters, RequestContext, ServiceError
from embedded_aws.stepfunctions.documents import Json
from embedded_aws.stepfunctions.machines import Alias, MachineStore, StateMachine, split_arn
from embedded_aws.stepfunctions.paging import page

if TYPE_CHECKING:
    from embedded_aws.environment import Environment
    from embedded_aws.stepfunctions.machines_api import MachinesApi

_WHOLE = 100


class VersionsApi:
    """Publishes revisions, and routes names to them."""

    def __init__(
        self, environment: Environment, machines: MachineStore, publisher: MachinesApi
    ) -> None:
        self._environment = environment
        self._machines = machines
        self._publisher = publisher

    def operations(self) -> Mapping[str, Operation]:
        """The operations answered here."""
        return {
            "PublishStateMachineVersion": self.publish_state_machine_version,
            "ListStateMachineVersions": self.list_state_machine_versions,
            "DeleteStateMachineVersion": self.delete_state_machine_version,
            "CreateStateMachineAlias": self.create_state_machine_alias,
            "DescribeStateMachineAlias": self.describe_state_machine_alias,
            "UpdateStateMachineAlias": self.update_state_machine_alias,
            "DeleteStateMachineAlias": self.delete_state_machine_alias,
            "ListStateMachineAliases": self.list_state_machine_aliases,
        }

    def publish_state_machine_version(
        self, parameters: Parameters, _context: RequestContext
    ) -> Json:
        """Publish the current revision, if it is the one that the caller means."""
        with self._machines.lock:
            machine = self._machines.get(parameters["stateMachineArn"])
            expected = parameters.get("revisionId")
            current = machine.revision.revision_id or "INITIAL"
            if expected is not None and expected != current:
                message = (
                    f"Failed to publish the State Machine version for revision {expected}."
                    f" The current State Machine revision is {current}."
                )
                raise ServiceError("ConflictException", message)
            version = self._publisher.publish(machine, parameters.get("description", ""))
        return {"stateMachineVersionArn": version.arn, "creationDate": version.created_at}

    def list_state_machine_versions(self, parameters: Parameters, _context: RequestContext) -> Json:
        """Versions of a machine, newest first."""
        with self._machines.lock:
            machine = self._machines.get(parameters["stateMachineArn"])
            newest_first = [machine.versions[number] for number in sorted(machine.versions)[::-1]]
        chosen, token = page(newest_first, parameters, lambda version: version.arn)
        items = [
            {"stateMachineVersionArn": version.arn, "creationDate": version.created_at}
            for version in chosen
        ]
        return {"stateMachineVersions": items, **token}

    def delete_state_machine_version(
        self, parameters: Parameters, _context: RequestContext
    ) -> None:
        """Delete a version that no alias routes to; one that is gone is no error."""
        arn = parameters["stateMachineVersionArn"]
        machine_arn, qualifier = split_arn(arn)
        with self._machines.lock:
            machine = self._machines.find(machine_arn)
            if machine is None or qualifier is None or not qualifier.isdecimal():
                return
            routed = [alias.name for alias in machine.aliases.values() if arn in _routed(alias)]
            if routed:
                message = (
                    "Version to be deleted must not be referenced by an alias. Current list of"
                    f" aliases referencing this version: [{', '.join(routed)}]"
                )
                raise ServiceError("ConflictException", message)
            machine.versions.pop(int(qualifier), None)

    def create_state_machine_alias(self, parameters: Parameters, _context: RequestContext) -> Json:
        """Make an alias; an identical one is returned as it is."""
        routing = parameters["routingConfiguration"]
        with self._machines.lock:
            machine = self._routable(routing)
            name, now = parameters["name"], self._environment.clock.now()
            description = parameters.get("description", "")
            alias = Alias(f"{machine.arn}:{name}", name, tuple(routing), description, now, now)
            known = machine.aliases.setdefault(name, alias)
            if known.routing != alias.routing:
                message = (
                    "Failed to create alias because an alias with the same name and a different"
                    " routing configuration already exists."
                )
                raise ServiceError("ConflictException", message)
        return {"stateMachineAliasArn": known.arn, "creationDate": known.created_at}

    def describe_state_machine_alias(
        self, parameters: Parameters, _context: RequestContext
    ) -> Json:
        """Where an alias routes."""
        with self._machines.lock:
            _, alias = self._alias(parameters["stateMachineAliasArn"])
        return {
            "stateMachineAliasArn": alias.arn,
            "name": alias.name,
            "description": alias.description,
            "routingConfiguration": list(alias.routing),
            "creationDate": alias.created_at,
            "updateDate": alias.updated_at,
        }

    def update_state_machine_alias(self, parameters: Parameters, _context: RequestContext) -> Json:
        """Route an alias elsewhere, or describe it anew."""
        with self._machines.lock:
            machine, alias = self._alias(parameters["stateMachineAliasArn"])
            routing = parameters.get("routingConfiguration", list(alias.routing))
            self._routable(routing)
            updated = replace(
                alias,
                routing=tuple(routing),
                description=parameters.get("description", alias.description),
                updated_at=self._environment.clock.now(),
            )
            machine.aliases[alias.name] = updated
        return {"updateDate": updated.updated_at}

    def delete_state_machine_alias(self, parameters: Parameters, _context: RequestContext) -> None:
        """Remove an alias; executions that it started go on."""
        with self._machines.lock:
            machine, alias = self._alias(parameters["stateMachineAliasArn"])
            del machine.aliases[alias.name]

    def list_state_machine_aliases(self, parameters: Parameters, _context: RequestContext) -> Json:
        """Aliases of a machine, or those that route to one of its versions."""
        arn = parameters["stateMachineArn"]
        with self._machines.lock:
            machine = self._machines.target(arn).machine
            aliases = [
                alias
                for alias in machine.aliases.values()
                if arn == machine.arn or arn in _routed(alias)
            ]
        chosen, token = page(aliases, parameters, lambda alias: alias.arn)
        items = [
            {"stateMachineAliasArn": alias.arn, "creationDate": alias.created_at}
            for alias in chosen
        ]
        return {"stateMachineAliases": items, **token}

    def _alias(self, arn: str) -> tuple[StateMachine, Alias]:
        machine_arn, name = split_arn(arn)
        machine = self._machines.find(machine_arn)
        if machine is None or name not in machine.aliases:
            message = "Request references a resource that does not exist."
            raise ServiceError("ResourceNotFound", message)
        return machine, machine.aliases[name]

    def _routable(self, routing: list[Mapping[str, Any]]) -> StateMachine:
        arns = [str(route["stateMachineVersionArn"]) for route in routing]
        received = f"Received: [{', '.join(arns)}]"
        if not all((split_arn(arn)[1] or "").isdecimal() for arn in arns):
            message = f"Routing configuration must contain state machine version ARNs. {received}"
            raise ServiceError("ValidationException", message)
        if len(set(arns)) < len(arns):
            message = "Routing configuration must contain distinct state machine version ARNs."
            raise ServiceError("ValidationException", f"{message} {received}")
        weights = [route["weight"] for route in routing]
        if sum(weights) != _WHOLE:
            message = f"Sum of routing configuration weights must equal 100. Received: {weights}"
            raise ServiceError("ValidationException", message)
        return self._machine_of(arns)

    def _machine_of(self, version_arns: list[str]) -> StateMachine:
        machines = {split_arn(arn)[0] for arn in version_arns}
        machine = self._machines.find(machines.pop())
        known = set() if machine is None else {version.arn for version in machine.versions.values()}
        if machine is None or machines or not known.issuperset(version_arns):
            message = "Request references a resource that does not exist."
            raise ServiceError("ResourceNotFound", message)
        return machine


def _routed(alias: Alias) -> set[str]:
    return {str(route["stateMachineVersionArn"]) for route in alias.routing}
