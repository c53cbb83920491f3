"""CreateEventSourceMapping and its siblings; of event sources, SQS queues."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from embedded_aws.awslambda.errors import (
    conflict,
    invalid_parameter,
    not_found,
    refuse_others,
    unsupported,
)
from embedded_aws.awslambda.event_sources.mapping import EventSourceMapping, settings_of
from embedded_aws.awslambda.event_sources.queue_reader import QueueReader, Reading
from embedded_aws.awslambda.functions import FunctionRegistry
from embedded_aws.awslambda.paging import page
from embedded_aws.environment import Environment
from embedded_aws.eventbridge.patterns import EventPattern, InvalidPattern
from embedded_aws.gateway.service import Operation, Parameters, RequestContext, Result
from embedded_aws.queues import queue_url

_LARGEST_BATCH, _LARGEST_WITHOUT_WINDOW = 10_000, 10
_SETTINGS = (
    "Enabled",
    "BatchSize",
    "MaximumBatchingWindowInSeconds",
    "FunctionResponseTypes",
    "FilterCriteria",
    "ScalingConfig",
)


class EventSourceMappings:
    """The mappings of an account; sources other than queues are not supported."""

    def __init__(
        self, environment: Environment, registry: FunctionRegistry, reading: Reading
    ) -> None:
        self._environment = environment
        self._registry = registry
        self._reading = reading
        self._lock = threading.RLock()
        self._readers: dict[str, QueueReader] = {}

    def operations(self) -> Mapping[str, Operation]:
        """What callers may ask."""
        return {
            "CreateEventSourceMapping": self._create,
            "GetEventSourceMapping": self._get,
            "ListEventSourceMappings": self._list,
            "UpdateEventSourceMapping": self._update,
            "DeleteEventSourceMapping": self._delete,
        }

    def close(self) -> None:
        """Read no queue any more."""
        with self._lock:
            for reader in self._readers.values():
                reader.close()

    def _create(self, parameters: Parameters, _: RequestContext) -> Result:
        refuse_others(parameters, ("EventSourceArn", "FunctionName", *_SETTINGS))
        source_arn = parameters.get("EventSourceArn", "")
        if ":sqs:" not in source_arn:
            raise unsupported(f"the event source {source_arn or 'without an ARN'}")
        names, identity = self._registry.names, str(uuid.uuid4())
        reference = names.function(parameters["FunctionName"])
        mapping = EventSourceMapping(
            uuid=identity,
            arn=names.function_arn("").replace(":function:", f":event-source-mapping:{identity}"),
            source_arn=source_arn,
            reference=reference,
            function_arn=names.function_arn(reference.name, reference.qualifier),
            modified_at=self._environment.clock.now(),
            settings=settings_of(parameters),
            is_enabled=parameters.get("Enabled", True),
        )
        _check_settings(mapping)
        with self._lock:
            self._refuse_duplicate(mapping)
            self._check_queue(mapping)
            self._read(mapping)
        return mapping.described("Creating")

    def _get(self, parameters: Parameters, _: RequestContext) -> Result:
        return self._reader(parameters).mapping.described()

    def _list(self, parameters: Parameters, _: RequestContext) -> Result:
        with self._lock:
            mappings = [reader.mapping for reader in self._readers.values()]
        source_arn, name = parameters.get("EventSourceArn"), parameters.get("FunctionName")
        reference = self._registry.names.function(name) if name else None
        listed = [
            mapping.described()
            for mapping in mappings
            if source_arn in {None, mapping.source_arn}
            and (reference is None or mapping.reference == reference)
        ]
        return page("EventSourceMappings", listed, parameters)

    def _update(self, parameters: Parameters, _: RequestContext) -> Result:
        refuse_others(parameters, ("UUID", "FunctionName", *_SETTINGS))
        with self._lock:
            reader = self._reader(parameters)
            old = reader.mapping
            names = self._registry.names
            reference = names.function(parameters.get("FunctionName") or old.function_arn)
            mapping = replace(
                old,
                reference=reference,
                function_arn=names.function_arn(reference.name, reference.qualifier),
                settings={**old.settings, **settings_of(parameters)},
                is_enabled=parameters.get("Enabled", old.is_enabled),
                modified_at=self._environment.clock.now(),
            )
            _check_settings(mapping)
            self._check_queue(mapping)
            reader.close()
            self._read(mapping)
        return mapping.described("Updating")

    def _delete(self, parameters: Parameters, _: RequestContext) -> Result:
        with self._lock:
            reader = self._reader(parameters)
            reader.close()
            del self._readers[reader.mapping.uuid]
        return reader.mapping.described("Deleting")

    def _reader(self, parameters: Parameters) -> QueueReader:
        with self._lock:
            if parameters["UUID"] not in self._readers:
                raise not_found()
            return self._readers[parameters["UUID"]]

    def _read(self, mapping: EventSourceMapping) -> None:
        reader = QueueReader(mapping, self._reading, self._environment.clock)
        self._readers[mapping.uuid] = reader
        if mapping.is_enabled:
            reader.start()

    def _refuse_duplicate(self, wanted: EventSourceMapping) -> None:
        for mapping in (reader.mapping for reader in self._readers.values()):
            if (mapping.source_arn, mapping.function_arn) == (
                wanted.source_arn,
                wanted.function_arn,
            ):
                raise conflict(
                    f'The event source arn (" {wanted.source_arn} ") and function (" '
                    f'{wanted.reference.name} ") provided mapping already exists. Please update or '
                    f"delete the existing mapping with UUID {mapping.uuid}"
                )

    def _check_queue(self, mapping: EventSourceMapping) -> None:
        with self._registry.lock:
            version = self._registry.version(mapping.reference)
        sqs = self._reading.client(mapping.reference)
        try:
            url = queue_url(self._reading.clients, mapping.source_arn)
            found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])
        except ClientError as refused:
            raise invalid_parameter(_unreadable(refused)) from refused
        visibility_seconds = int(found["Attributes"]["VisibilityTimeout"])
        timeout_seconds = version.configuration.timeout_seconds
        if visibility_seconds < timeout_seconds:
            raise invalid_parameter(
                f"Queue visibility timeout: {visibility_seconds} seconds is less than Function "
                f"timeout: {timeout_seconds} seconds"
            )


def _unreadable(refused: ClientError) -> str:
    error = refused.response["Error"]
    if "AccessDenied" in error["Code"]:
        return "The function execution role does not have permissions to call ReceiveMessage on SQS"
    return (
        f"Error occurred while ReceiveMessage. SQS Error Code: {error['Code']}. "
        f"SQS Error Message: {error['Message']}"
    )


def _check_settings(mapping: EventSourceMapping) -> None:
    is_fifo = mapping.source_arn.endswith(".fifo")
    largest = _LARGEST_BATCH if mapping.window_seconds and not is_fifo else _LARGEST_WITHOUT_WINDOW
    if mapping.batch_size > largest:
        raise invalid_parameter(
            f"Maximum batch size is {largest} for this queue; a batching window allows "
            f"{_LARGEST_BATCH} for standard queues"
        )
    filters: Iterable[Mapping[str, Any]] = mapping.settings.get("FilterCriteria", {}).get(
        "Filters", ()
    )
    for each in filters:
        try:
            EventPattern(each["Pattern"])
        except InvalidPattern as wrong:
            raise invalid_parameter(f"Invalid filter pattern definition. {wrong}") from wrong
