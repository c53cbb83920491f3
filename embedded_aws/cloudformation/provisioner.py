"""Takes one resource of a stack through creation, update or deletion, and tells of it in events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from embedded_aws.cloudformation import schemas
from embedded_aws.cloudformation.blueprint import ResourceDefinition
from embedded_aws.cloudformation.errors import ResourceFailure, TemplateError
from embedded_aws.cloudformation.records import Stack, StackResource
from embedded_aws.cloudformation.resources import HANDLERS
from embedded_aws.cloudformation.resources.absence import tolerating_absence
from embedded_aws.cloudformation.resources.handler import Context, Resource
from embedded_aws.cloudformation.store import StackStore
from embedded_aws.environment import Environment
from embedded_aws.service_principals import ServicePrincipal


@dataclass(frozen=True)
class Actor:
    """In whose name resources are made: the stack's role, or else whoever asks for the operation.

    CloudFormation user guide, "AWS CloudFormation service role": without a role it uses "a
    temporary session that is generated from your user credentials".
    """

    caller_key: str
    role_arn: str | None


class Provisioner:
    """Makes the resources of one stack."""

    def __init__(
        self, environment: Environment, store: StackStore, stack: Stack, actor: Actor
    ) -> None:
        self._environment = environment
        self._store = store
        self._stack = stack
        self._actor = actor

    def create(
        self, definition: ResourceDefinition, properties: Mapping[str, Any]
    ) -> StackResource:
        """Create a resource; it is in the store from the moment that it has a physical id.

        Raises:
            ResourceFailure: it could not be created; what there is of it stays in the store.
        """
        handler = HANDLERS[definition.type]
        context = self._context(definition)
        resource = self._begin("CREATE", definition, properties)
        with self._failing("CREATE_FAILED", resource):
            if handler.is_taken(context, properties):
                raise ResourceFailure(_taken(definition, properties))
            physical_id = handler.create(context, properties)
        resource = replace(resource, physical_id=physical_id, reason="Resource creation Initiated")
        self._tell(resource)
        with self._failing("CREATE_FAILED", resource):
            handler.complete(Resource(context, physical_id, properties))
            return self._complete("CREATE", resource, context)

    def update(
        self,
        resource: StackResource,
        definition: ResourceDefinition,
        properties: Mapping[str, Any],
    ) -> StackResource:
        """Change a resource in place.

        Raises:
            ResourceFailure: it could not be changed, or only in part.
        """
        handler = HANDLERS[definition.type]
        context = self._context(definition)
        updating = self._begin("UPDATE", definition, properties, resource)
        with self._failing("UPDATE_FAILED", updating):
            old = Resource(context, resource.physical_id, resource.properties)
            handler.update(old, properties)
            return self._complete("UPDATE", updating, context)

    def delete(self, resource: StackResource) -> None:
        """Delete a resource; one that is gone already counts as deleted.

        Raises:
            ResourceFailure: it could not be deleted.
        """
        handler = HANDLERS[resource.definition.type]
        context = self._context(resource.definition)
        self.tell_of(resource, "DELETE_IN_PROGRESS")
        try:
            with _worded_failures(), tolerating_absence():
                handler.delete(Resource(context, resource.physical_id, resource.properties))
        except ResourceFailure as failure:
            self.tell_of(resource, "DELETE_FAILED", str(failure))
            raise
        self.tell_of(resource, "DELETE_COMPLETE")

    def tell_of(self, resource: StackResource, status: str, reason: str | None = None) -> None:
        """Add an event about a resource without touching the stack's own record of it."""
        self._store.record(self._stack.stack_id, replace(resource, status=status, reason=reason))

    def _begin(
        self,
        verb: str,
        definition: ResourceDefinition,
        properties: Mapping[str, Any],
        existing: StackResource | None = None,
    ) -> StackResource:
        resource = StackResource(
            definition=definition,
            physical_id=existing.physical_id if existing else "",
            properties=properties,
            attributes=existing.attributes if existing else {},
            status=f"{verb}_IN_PROGRESS",
            reason=None,
            updated_at=self._environment.clock.now(),
        )
        self._tell(resource)
        return resource

    def _complete(self, verb: str, resource: StackResource, context: Context) -> StackResource:
        handler = HANDLERS[resource.definition.type]
        existing = Resource(context, resource.physical_id, resource.properties)
        complete = replace(
            resource,
            attributes=handler.read(existing),
            status=f"{verb}_COMPLETE",
            reason=None,
            updated_at=self._environment.clock.now(),
        )
        self._tell(complete)
        return complete

    def _tell(self, resource: StackResource) -> None:
        self._store.put_resource(self._stack.stack_id, resource)
        self._store.record(self._stack.stack_id, resource)

    @contextmanager
    def _failing(self, status: str, resource: StackResource) -> Iterator[None]:
        try:
            with _worded_failures():
                yield
        except ResourceFailure as failure:
            self._tell(replace(resource, status=status, reason=str(failure)))
            raise

    def _context(self, definition: ResourceDefinition) -> Context:
        settings = self._environment.settings
        return Context(
            client=self._client,
            region=settings.region,
            account_id=settings.account_id,
            stack_name=self._stack.name,
            logical_id=definition.logical_id,
        )

    def _client(self, service: str) -> Any:  # noqa: ANN401  # boto3 clients have no static type
        clients = self._environment.clients
        if self._actor.role_arn is None:
            return clients.as_caller(service, self._actor.caller_key)
        assumer = ServicePrincipal("cloudformation.amazonaws.com", self._stack.stack_id)
        return clients.as_role(service, self._actor.role_arn, "AWSCloudFormation", assumer)


def _taken(definition: ResourceDefinition, properties: Mapping[str, Any]) -> str:
    schema = schemas.load(definition.type)
    names = sorted(schema.primary_identifier & properties.keys()) if schema else []
    identifier = "|".join(str(properties[name]) for name in names)
    return f"Resource of type '{definition.type}' with identifier '{identifier}' already exists."


@contextmanager
def _worded_failures() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        raise ResourceFailure(_handler_message(error)) from error
    except (BotoCoreError, TemplateError) as error:
        raise ResourceFailure(str(error)) from error


def _handler_message(error: ClientError) -> str:
    details = error.response["Error"]
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    return (
        f'Resource handler returned message: "{details["Message"]} '
        f'({error.operation_name}, Status Code: {status}, Error Code: {details["Code"]})"'
    )
