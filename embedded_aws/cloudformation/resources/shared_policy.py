"""Policies of topics and queues: one document, put on each of several resources."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

from embedded_aws.cloudformation.resources.absence import tolerating_absence
from embedded_aws.cloudformation.resources.handler import Context, Handler, Properties, Resource
from embedded_aws.cloudformation.resources.json_text import json_text


class SharedPolicy(Handler):
    """The policy of whatever a property lists.

    Attributes:
        listing: The property.
    """

    listing: ClassVar[str]
    attributes = frozenset({"Id"})

    @abstractmethod
    def put(self, context: Context, owner: str, policy: str) -> None:
        """Set the policy of one resource, by ARN or URL as the property has it."""

    @abstractmethod
    def policy_without(self, context: Context, owner: str) -> str:
        """The policy that a resource has before anybody sets it."""

    def create(self, context: Context, properties: Properties) -> str:
        """Set the policy of all that are listed."""
        self.update(Resource(context, "", {}), properties)
        return context.generated_name()

    def read(self, resource: Resource) -> dict[str, Any]:
        """The generated id."""
        return {"Id": resource.physical_id}

    def update(self, resource: Resource, new: Properties) -> None:
        """Set the policy of those that are listed now, and take that of the others away."""
        for owner in new[self.listing]:
            self.put(resource.context, owner, json_text(new["PolicyDocument"]))
        for owner in resource.properties.get(self.listing, []):
            if owner not in new[self.listing]:
                self._take(resource.context, owner)

    def delete(self, resource: Resource) -> None:
        """Take the policy of all away."""
        for owner in resource.properties[self.listing]:
            self._take(resource.context, owner)

    def _take(self, context: Context, owner: str) -> None:
        with tolerating_absence():
            self.put(context, owner, self.policy_without(context, owner))
