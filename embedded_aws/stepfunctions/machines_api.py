"""The API of state machines: create, update, describe, delete, list, validate, tag."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from embedded_aws.gateway.service import Operation, Parameters, RequestContext, ServiceError
from embedded_aws.service_principals import ServicePrincipal
from embedded_aws.service_roles import trusts
from embedded_aws.stepfunctions import definitions
from embedded_aws.stepfunctions.definition import Machine
from embedded_aws.stepfunctions.documents import Json
from embedded_aws.stepfunctions.machines import (
    PRINCIPAL,
    MachineStore,
    Revision,
    StateMachine,
    Version,
    split_arn,
)
from embedded_aws.stepfunctions.managed_rules import put_managed_rules
from embedded_aws.stepfunctions.names import check_name
from embedded_aws.stepfunctions.paging import page

if TYPE_CHECKING:
    from embedded_aws.environment import Environment
    from embedded_aws.stepfunctions.log_delivery import LogDelivery

_CHANGEABLE = ("definition", "roleArn", "loggingConfiguration", "tracingConfiguration")
_NO_LOGGING = {"level": "OFF", "includeExecutionData": False}
_NO_TRACING = {"enabled": False}


class MachinesApi:
    """Keeps machines; refuses definitions that AWS would refuse."""

    def __init__(self, environment: Environment, machines: MachineStore, logs: LogDelivery) -> None:
        self._environment = environment
        self._machines = machines
        self._logs = logs

    def operations(self) -> Mapping[str, Operation]:
        """The operations answered here."""
        return {
            "CreateStateMachine": self.create_state_machine,
            "UpdateStateMachine": self.update_state_machine,
            "DescribeStateMachine": self.describe_state_machine,
            "DeleteStateMachine": self.delete_state_machine,
            "ListStateMachines": self.list_state_machines,
            "ValidateStateMachineDefinition": self.validate_state_machine_definition,
            "TagResource": self.tag_resource,
            "UntagResource": self.untag_resource,
            "ListTagsForResource": self.list_tags_for_resource,
        }

    def create_state_machine(self, parameters: Parameters, _context: RequestContext) -> Json:
        """Make a machine; an identical one is returned as it is."""
        check_name(parameters["name"])
        _refuse_unsupported(parameters)
        arn = self._arn(parameters["name"])
        revision = self._revision(arn, parameters)
        tags = {tag["key"]: tag["value"] for tag in parameters.get("tags", [])}
        with self._machines.lock:
            machine = self._machines.find(arn)
            if machine is None:
                machine = StateMachine(arn, revision.name, revision.made_at, revision, tags)
                self._machines.add(machine)
            elif not _same(machine.revision, revision):
                message = f"State Machine Already Exists: '{arn}'"
                raise ServiceError("StateMachineAlreadyExists", message)
            published = self._publish_if_asked(machine, parameters)
        return {"stateMachineArn": arn, "creationDate": machine.created_at, **published}

    def update_state_machine(self, parameters: Parameters, _context: RequestContext) -> Json:
        """Change the definition, the role, logging or tracing; running executions keep theirs."""
        if not any(member in parameters for member in _CHANGEABLE):
            message = (
                "Either the definition, the role ARN, the LoggingConfiguration, or the"
                " TracingConfiguration must be specified"
            )
            raise ServiceError("MissingRequiredParameter", message)
        _refuse_unsupported(parameters)
        with self._machines.lock:
            machine = self._machines.get(parameters["stateMachineArn"])
            changed = self._changed(machine.revision, parameters)
            if not _same(machine.revision, changed):
                machine.revision = changed
            published = self._publish_if_asked(machine, parameters)
            known = {"revisionId": machine.revision.revision_id}
        named = {member: value for member, value in known.items() if value is not None}
        return {"updateDate": self._environment.clock.now(), **named, **published}

    def describe_state_machine(self, parameters: Parameters, _context: RequestContext) -> Json:
        """The current revision of a machine, or a published one."""
        refuse_metadata_only(parameters)
        with self._machines.lock:
            target = self._machines.target(parameters["stateMachineArn"])
            described = describe_revision(target.revision)
            if target.version_arn is None:
                created_at = target.machine.created_at
            else:
                version = self._machines.version(target.version_arn)
                created_at = version.created_at
                described |= {"stateMachineArn": version.arn}
                described |= {"description": version.description} if version.description else {}
        return {**described, "status": "ACTIVE", "creationDate": created_at}

    def delete_state_machine(self, parameters: Parameters, _context: RequestContext) -> None:
        """Remove a machine with its versions and aliases; one that is gone is no error.

        AWS lets its running executions end first; here they do so without it.
        """
        machine_arn, _ = split_arn(parameters["stateMachineArn"])
        with self._machines.lock:
            self._machines.remove(machine_arn)

    def list_state_machines(self, parameters: Parameters, _context: RequestContext) -> Json:
        """All machines."""
        with self._machines.lock:
            chosen, token = page(self._machines.all(), parameters, lambda machine: machine.arn)
        items = [
            {
                "stateMachineArn": machine.arn,
                "name": machine.name,
                "type": "STANDARD",
                "creationDate": machine.created_at,
            }
            for machine in chosen
        ]
        return {"stateMachines": items, **token}

    def validate_state_machine_definition(
        self, parameters: Parameters, _context: RequestContext
    ) -> Json:
        """What is wrong with a definition, without making anything of it."""
        _refuse_express(parameters)
        found = definitions.diagnose(parameters["definition"])
        limit = parameters.get("maxResults") or 100
        return {
            "result": "FAIL" if found else "OK",
            "diagnostics": [problem.as_api() for problem in found[:limit]],
            "truncated": len(found) > limit,
        }

    def tag_resource(self, parameters: Parameters, _context: RequestContext) -> None:
        """Add tags or change their values."""
        with self._machines.lock:
            tags = self._tagged(parameters["resourceArn"]).tags
            tags.update({tag["key"]: tag["value"] for tag in parameters["tags"]})

    def untag_resource(self, parameters: Parameters, _context: RequestContext) -> None:
        """Remove tags."""
        with self._machines.lock:
            tags = self._tagged(parameters["resourceArn"]).tags
            for key in parameters["tagKeys"]:
                tags.pop(key, None)

    def list_tags_for_resource(self, parameters: Parameters, _context: RequestContext) -> Json:
        """A machine's tags."""
        with self._machines.lock:
            tags = self._tagged(parameters["resourceArn"]).tags
            return {"tags": [{"key": key, "value": value} for key, value in tags.items()]}

    def publish(self, machine: StateMachine, description: str) -> Version:
        """Publish the current revision; the same one again is the same version."""
        for version in machine.versions.values():
            if version.revision is machine.revision:
                return version
        machine.last_version += 1
        number = machine.last_version
        version = Version(
            f"{machine.arn}:{number}", number, machine.revision, description,
            self._environment.clock.now(),
        )  # fmt: skip
        machine.versions[number] = version
        return version

    def _publish_if_asked(self, machine: StateMachine, parameters: Parameters) -> dict[str, str]:
        if not parameters.get("publish", False):
            return {}
        description = parameters.get("versionDescription", "")
        return {"stateMachineVersionArn": self.publish(machine, description).arn}

    def _revision(self, arn: str, parameters: Parameters) -> Revision:
        text = parameters["definition"]
        machine, references = definitions.compile_definition(text)
        self._check_role(parameters["roleArn"], arn)
        logging = parameters.get("loggingConfiguration", {})
        self._logs.check(logging, parameters["roleArn"])
        self._put_managed_rules(machine, parameters["roleArn"])
        return Revision(
            arn, parameters["name"], None, text, machine, references, parameters["roleArn"],
            {**_NO_LOGGING, **logging}, parameters.get("tracingConfiguration", _NO_TRACING),
            self._environment.clock.now(),
        )  # fmt: skip

    def _check_role(self, role_arn: str, machine_arn: str) -> None:
        iam = self._environment.clients.as_service("iam")
        if not trusts(iam, role_arn, ServicePrincipal(PRINCIPAL, machine_arn)):
            message = (
                "Neither the global service principal states.amazonaws.com, nor the regional one"
                " is authorized to assume the provided role."
            )
            raise ServiceError("AccessDeniedException", message)

    def _put_managed_rules(self, machine: Machine, role_arn: str) -> None:
        events = self._environment.clients.as_role("events", role_arn, "StepFunctions")
        put_managed_rules(events, machine.workflow, role_arn)

    def _changed(self, revision: Revision, parameters: Parameters) -> Revision:
        merged = {
            "definition": revision.definition_text,
            "roleArn": revision.role_arn,
            "loggingConfiguration": revision.logging,
            "tracingConfiguration": revision.tracing,
            **parameters,
            "name": revision.name,
        }
        changed = self._revision(revision.machine_arn, merged)
        return replace(changed, revision_id=str(uuid.uuid4()))

    def _tagged(self, arn: str) -> StateMachine:
        machine_arn, qualifier = split_arn(arn)
        machine = self._machines.find(machine_arn)
        if machine is None or qualifier is not None:
            raise ServiceError("ResourceNotFound", f"Resource not found: '{arn}'")
        return machine

    def _arn(self, name: str) -> str:
        settings = self._environment.settings
        return f"arn:aws:states:{settings.region}:{settings.account_id}:stateMachine:{name}"


def describe_revision(revision: Revision) -> dict[str, Any]:
    """What DescribeStateMachine and DescribeStateMachineForExecution have in common."""
    known = {"revisionId": revision.revision_id, "variableReferences": revision.variable_references}
    return {
        "stateMachineArn": revision.machine_arn,
        "name": revision.name,
        "definition": revision.definition_text,
        "roleArn": revision.role_arn,
        "type": "STANDARD",
        "loggingConfiguration": revision.logging,
        "tracingConfiguration": revision.tracing,
        "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
        **{member: value for member, value in known.items() if value},
    }


def refuse_metadata_only(parameters: Parameters) -> None:
    """Definitions are described whole or not at all."""
    if parameters.get("includedData", "ALL_DATA") != "ALL_DATA":
        message = "the embedded AWS supports only includedData=ALL_DATA here"
        raise ServiceError("ValidationException", message)


def _same(one: Revision, other: Revision) -> bool:
    parts = [
        (revision.definition_text, revision.role_arn, revision.logging, revision.tracing)
        for revision in (one, other)
    ]
    return parts[0] == parts[1]


def _refuse_unsupported(parameters: Parameters) -> None:
    _refuse_express(parameters)
    if "versionDescription" in parameters and not parameters.get("publish", False):
        message = "Version description can only be set when publish is true"
        raise ServiceError("ValidationException", message)
    encryption = parameters.get("encryptionConfiguration", {})
    if encryption.get("type", "AWS_OWNED_KEY") != "AWS_OWNED_KEY":
        message = "the embedded AWS does not encrypt executions with customer keys"
        raise ServiceError("InvalidEncryptionConfiguration", message)


def _refuse_express(parameters: Parameters) -> None:
    if parameters.get("type", "STANDARD") != "STANDARD":
        message = "the embedded AWS runs STANDARD state machines only"
        raise ServiceError("StateMachineTypeNotSupported", message)
