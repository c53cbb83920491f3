"""What a schedule calls: templated targets and universal ones, as API calls of other services.

EventBridge Scheduler user guide, "Using templated targets" and "Using universal targets".
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import UnknownServiceError

from embedded_aws.clients import ClientFactory
from embedded_aws.scheduler.errors import invalid, unsupported
from embedded_aws.scheduler.schedule import Schedule

if TYPE_CHECKING:
    from botocore.model import OperationModel

_UNIVERSAL = re.compile(r"arn:aws:scheduler:::aws-sdk:([a-z0-9-]+):([a-zA-Z0-9]+)")
# Where the name of the SDK for Java, which the ARN uses, is not botocore's.
_BOTOCORE_NAMES = {"cloudwatchlogs": "logs", "eventbridge": "events", "sfn": "stepfunctions"}
_READING = re.compile(
    "get|describe|list|poll|receive|search|scan|query|select|read|lookup|discover|validate|"
    "batchGet|batchDescribe|batchRead|transactGet|adminGet|adminList|testMigration|retrieve|"
    "testConnection|translateDocument|isAuthorized|invokeModel"
)
_PARAMETERS = {"sqs": "SqsParameters", "events": "EventBridgeParameters"}
_PLAIN = ("Arn", "RoleArn", "DeadLetterConfig", "RetryPolicy", "Input")


@dataclass(frozen=True)
class ApiCall:
    """One call of another service's API, by botocore's names."""

    service: str
    operation: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Occurrence:
    """One time that a schedule is due; retries are attempts of the same occurrence."""

    schedule: Schedule
    scheduled_time: str
    execution_id: str

    def input_text(self, attempt_number: int) -> str | None:
        """The target's input with the context attributes filled in.

        User guide, "Adding context attributes"; whether retries share the execution id is
        not documented, here they do.
        """
        text: str | None = self.schedule.target.get("Input")
        attributes = {
            "schedule-arn": self.schedule.arn,
            "scheduled-time": self.scheduled_time,
            "execution-id": self.execution_id,
            "attempt-number": str(attempt_number),
        }
        for name, value in attributes.items():
            text = text and text.replace(f"<aws.scheduler.{name}>", value)
        return text


class Targets:
    """Checks targets when schedules are made, and turns occurrences into calls."""

    def __init__(self, clients: ClientFactory, account_id: str, region: str) -> None:
        self._clients = clients
        self._account_id = account_id
        self._region = region
        self._templates: Mapping[str, Callable[[Mapping[str, Any], str], ApiCall]] = {
            "lambda": _invoke_function,
            "states": _start_execution,
            "sqs": self._send_message,
            "sns": _publish,
            "events": _put_events,
        }

    def check(self, target: Mapping[str, Any]) -> None:
        """Refuse a target that cannot be called.

        Raises:
            ServiceError: the ARN or the input is invalid, or legal but not supported here.
        """
        arn = target["Arn"]
        if arn.startswith("arn:aws:scheduler:::"):
            _refuse_others(target, _PLAIN)
            self._universal(arn, target.get("Input"))
            return
        parts = arn.split(":")
        if len(parts) < len(("arn", "aws", "sqs", "region", "account", "queue")):
            raise invalid("Provided Arn is not in correct format.")
        service = parts[2]
        if service not in self._templates:
            raise unsupported(f"{service} as a schedule's target")
        own = _PARAMETERS.get(service)
        _refuse_others(target, (*_PLAIN, *([own] if own else [])))
        if service == "events" and not target.get("EventBridgeParameters"):
            raise invalid("EventBridgeParameters are required for an event bus.")

    def call(self, occurrence: Occurrence, attempt_number: int) -> ApiCall:
        """The call that an occurrence makes."""
        target = occurrence.schedule.target
        text = occurrence.input_text(attempt_number)
        if target["Arn"].startswith("arn:aws:scheduler:::"):
            return self._universal(target["Arn"], text)
        template = self._templates[target["Arn"].split(":")[2]]
        return template(target, text or self._scheduled_event(occurrence))

    def _universal(self, arn: str, text: str | None) -> ApiCall:
        found = _UNIVERSAL.fullmatch(arn)
        if found is None:
            raise invalid("Provided Arn is not in correct format.")
        service, action = _BOTOCORE_NAMES.get(found[1], found[1]), found[2]
        if _READING.match(action):
            raise invalid(f"{arn} is not supported: schedules do not call reading operations.")
        operation = self._operation(service, action[0].upper() + action[1:])
        if operation is None:
            raise invalid("Provided Arn is not in correct format.")
        return ApiCall(service, operation.name, _parameters(operation, text))

    def _operation(self, service: str, name: str) -> OperationModel | None:
        try:
            model = self._clients.as_service(service).meta.service_model
        except UnknownServiceError:
            return None
        return model.operation_model(name) if name in model.operation_names else None

    def _send_message(self, target: Mapping[str, Any], text: str) -> ApiCall:
        sqs = self._clients.as_service("sqs")
        url = sqs.get_queue_url(QueueName=target["Arn"].rsplit(":", 1)[-1])["QueueUrl"]
        fifo = {name: value for name, value in (target.get("SqsParameters") or {}).items() if value}
        return ApiCall("sqs", "SendMessage", {"MessageBody": text, "QueueUrl": url, **fifo})

    def _scheduled_event(self, occurrence: Occurrence) -> str:
        """What a templated target gets without an Input (seen in practice, undocumented)."""
        return json.dumps(
            {
                "version": "0",
                "id": str(uuid.uuid4()),
                "detail-type": "Scheduled Event",
                "source": "aws.scheduler",
                "account": self._account_id,
                "time": occurrence.scheduled_time,
                "region": self._region,
                "resources": [occurrence.schedule.arn],
                "detail": "{}",
            }
        )


def _invoke_function(target: Mapping[str, Any], text: str) -> ApiCall:
    called = {"FunctionName": target["Arn"], "InvocationType": "Event", "Payload": text}
    return ApiCall("lambda", "Invoke", called)


def _start_execution(target: Mapping[str, Any], text: str) -> ApiCall:
    return ApiCall(
        "stepfunctions", "StartExecution", {"stateMachineArn": target["Arn"], "input": text}
    )


def _publish(target: Mapping[str, Any], text: str) -> ApiCall:
    return ApiCall("sns", "Publish", {"TopicArn": target["Arn"], "Message": text})


def _put_events(target: Mapping[str, Any], text: str) -> ApiCall:
    entry = {**target["EventBridgeParameters"], "EventBusName": target["Arn"], "Detail": text}
    return ApiCall("events", "PutEvents", {"Entries": [entry]})


def _refuse_others(target: Mapping[str, Any], supported: tuple[str, ...]) -> None:
    for name in sorted(target.keys() - set(supported)):
        if target[name]:
            raise invalid(f"{name} is not supported for the target {target['Arn']}.")


def _parameters(operation: OperationModel, text: str | None) -> dict[str, Any]:
    """An Input as botocore's parameters: its members may start with either case."""
    try:
        value = json.loads(text or "{}")
    except ValueError as malformed:
        raise invalid(f"Invalid RequestJson provided. Reason {malformed}") from malformed
    if not isinstance(value, dict):
        raise invalid("Invalid RequestJson provided. Reason: it is not an object")
    members = operation.input_shape.members if operation.input_shape else {}
    by_lower = {_lower_first(name): name for name in members}
    named = {str(by_lower.get(_lower_first(key), key)): item for key, item in value.items()}
    unknown = sorted(named.keys() - members.keys())
    if unknown:
        raise invalid(
            f"Invalid RequestJson provided. Reason: The field {unknown[0]} is not supported"
        )
    return named


def _lower_first(name: str) -> str:
    return name[:1].lower() + name[1:]
