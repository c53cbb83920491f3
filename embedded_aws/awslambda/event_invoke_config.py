"""How a function's asynchronous invocations are retried and where their results go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from embedded_aws.awslambda.errors import invalid_parameter, not_found, unsupported
from embedded_aws.awslambda.functions import Function, FunctionRegistry
from embedded_aws.awslambda.names import LATEST
from embedded_aws.awslambda.paging import page
from embedded_aws.clock import Clock
from embedded_aws.gateway.service import Operation, Parameters, RequestContext, Result

MAX_RETRY_ATTEMPTS = 2
MAX_EVENT_AGE_SECONDS = 6 * 3600
_SETTINGS = ("MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig")
_DESTINATIONS = ("sqs", "sns", "lambda", "events")


class EventInvokeConfigs:
    """Operations on the event invoke configuration of a function, version or alias."""

    def __init__(self, registry: FunctionRegistry, clock: Clock) -> None:
        self._registry = registry
        self._clock = clock

    def operations(self) -> Mapping[str, Operation]:
        """What callers may ask."""
        return {
            "PutFunctionEventInvokeConfig": self.put,
            "UpdateFunctionEventInvokeConfig": self.update,
            "GetFunctionEventInvokeConfig": self.get,
            "DeleteFunctionEventInvokeConfig": self.delete,
            "ListFunctionEventInvokeConfigs": self.list_configs,
        }

    def put(self, parameters: Parameters, _: RequestContext) -> Result:
        """Replace the configuration."""
        with self._registry.lock:
            function, qualifier = self._locate(parameters)
            return self._write(function, qualifier, parameters)

    def update(self, parameters: Parameters, _: RequestContext) -> Result:
        """Change what is given, keep the rest."""
        with self._registry.lock:
            function, qualifier = self._locate(parameters)
            current = self._existing(function, qualifier)
            return self._write(function, qualifier, {**current, **parameters})

    def get(self, parameters: Parameters, _: RequestContext) -> Result:
        """Show the configuration."""
        with self._registry.lock:
            return dict(self._existing(*self._locate(parameters)))

    def delete(self, parameters: Parameters, _: RequestContext) -> None:
        """Go back to the defaults."""
        with self._registry.lock:
            function, qualifier = self._locate(parameters)
            self._existing(function, qualifier)
            del function.event_invoke[qualifier]

    def list_configs(self, parameters: Parameters, _: RequestContext) -> Result:
        """List the configurations of one function."""
        with self._registry.lock:
            function, _qualifier = self._locate(parameters)
            configs = [dict(config) for config in function.event_invoke.values()]
        return page("FunctionEventInvokeConfigs", configs, parameters)

    def _locate(self, parameters: Parameters) -> tuple[Function, str]:
        reference = self._registry.names.function(
            parameters["FunctionName"], parameters.get("Qualifier")
        )
        self._registry.version(reference)
        return self._registry.function(reference), reference.qualifier or LATEST

    def _existing(self, function: Function, qualifier: str) -> Mapping[str, Any]:
        if qualifier not in function.event_invoke:
            arn = self._registry.names.function_arn(function.name, qualifier)
            raise not_found(f"The function {arn} doesn't have an EventInvokeConfig")
        return function.event_invoke[qualifier]

    def _write(self, function: Function, qualifier: str, given: Mapping[str, Any]) -> Result:
        settings = {name: given[name] for name in _SETTINGS if given.get(name) is not None}
        _check_destinations(settings.get("DestinationConfig", {}))
        config = {
            "DestinationConfig": {"OnSuccess": {}, "OnFailure": {}},
            **settings,
            "FunctionArn": self._registry.names.function_arn(function.name, qualifier),
            "LastModified": self._clock.now(),
        }
        function.event_invoke[qualifier] = config
        return dict(config)


def _check_destinations(destinations: Mapping[str, Mapping[str, str]]) -> None:
    for destination in destinations.values():
        arn = destination.get("Destination")
        if not arn:
            continue
        service = arn.split(":")[2]
        if service == "s3":
            raise unsupported("S3 as a destination of asynchronous invocations")
        if service not in _DESTINATIONS:
            raise invalid_parameter(f"The destination ARN {arn} is invalid.")
