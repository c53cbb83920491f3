"""Named resources of one kind, with the errors that SageMaker's hosting has for all its kinds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from embedded_aws.gateway.service import Parameters, ServiceError
from embedded_aws.sagemaker.listing import SortKey, page, within
from embedded_aws.settings import Settings


class Resource(Protocol):
    """What there is to know of every kind of resource."""

    @property
    def name(self) -> str:
        """Its name, in the case that it was given."""
        ...

    @property
    def arn(self) -> str:
        """Its ARN."""
        ...

    @property
    def created_at(self) -> datetime:
        """When it was created."""
        ...

    def summarised(self) -> dict[str, Any]:
        """An entry of the List operation."""
        ...


R = TypeVar("R", bound=Resource)


class NamedResources(Generic[R]):
    """All models, or all endpoint configurations, or all endpoints; every method is atomic.

    Names are told apart regardless of case, as their lower-cased ARNs are.
    """

    def __init__(self, settings: Settings, noun: str, resource: str) -> None:
        self._noun = noun
        self._prefix = f"arn:aws:sagemaker:{settings.region}:{settings.account_id}:{resource}/"
        self._lock = threading.RLock()
        self._by_arn: dict[str, R] = {}

    def arn(self, name: str) -> str:
        """The ARN of a name."""
        return self._prefix + name.lower()

    def add(self, resource: R) -> None:
        """Keep a new resource.

        Raises:
            ServiceError: ``ValidationException`` when there is one of that name (the SageMaker
                SDK looks for these words).
        """
        with self._lock:
            if resource.arn in self._by_arn:
                message = f'Cannot create already existing {self._noun} "{resource.arn}".'
                raise ServiceError("ValidationException", message)
            self._by_arn[resource.arn] = resource

    def get(self, name: str) -> R:
        """The resource of a name.

        Raises:
            ServiceError: ``ValidationException``, not ResourceNotFound, when there is none
                (the SageMaker SDK looks for these words).
        """
        arn = self.arn(name)
        with self._lock:
            if arn not in self._by_arn:
                message = f'Could not find {self._noun} "{arn}".'
                raise ServiceError("ValidationException", message)
            return self._by_arn[arn]

    def change(self, name: str, changed: Callable[[R], R]) -> R:
        """Replace a resource by what ``changed`` makes of it."""
        with self._lock:
            resource = changed(self.get(name))
            self._by_arn[resource.arn] = resource
            return resource

    def remove(self, name: str) -> R:
        """Take a resource away."""
        with self._lock:
            return self._by_arn.pop(self.get(name).arn)

    def all(self) -> Collection[R]:
        """A snapshot."""
        with self._lock:
            return tuple(self._by_arn.values())

    def list(self, member: str, parameters: Parameters) -> dict[str, Any]:
        """The output of the List operation, newest first unless asked otherwise."""
        listed = (resource for resource in self.all() if _is_listed(resource, parameters))
        found = page(listed, lambda resource: _sort_key(resource, parameters), parameters)
        return found.answer(member, lambda resource: resource.summarised())


def _is_listed(resource: Resource, parameters: Parameters) -> bool:
    summary = resource.summarised()
    return (
        parameters.get("NameContains", "").lower() in resource.name.lower()
        and parameters.get("StatusEquals") in {None, summary.get("EndpointStatus")}
        and _is_between(summary, "CreationTime", parameters)
        and _is_between(summary, "LastModifiedTime", parameters)
    )


def _is_between(summary: Mapping[str, Any], event: str, parameters: Parameters) -> bool:
    after, before = parameters.get(f"{event}After"), parameters.get(f"{event}Before")
    return event not in summary or within(summary[event], after, before)


def _sort_key(resource: Resource, parameters: Parameters) -> SortKey:
    first: dict[str, SortKey] = {
        "Name": (resource.name,),
        "Status": (resource.summarised().get("EndpointStatus", ""),),
        "CreationTime": (resource.created_at.timestamp(),),
    }
    return (*first[parameters.get("SortBy", "CreationTime")], resource.arn)
