"""The targets of rules: which are supported, and the call that brings one an event."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from embedded_aws.clients import ClientFactory
from embedded_aws.delivery import log_events
from embedded_aws.delivery.attempts import Undeliverable
from embedded_aws.delivery.principals import client_of
from embedded_aws.eventbridge.inputs import InvalidInput, check_path
from embedded_aws.queues import queue_url
from embedded_aws.service_principals import ServicePrincipal

PRINCIPAL = "events.amazonaws.com"
_PLAIN = ("Id", "Arn", "RoleArn", "RetryPolicy", "DeadLetterConfig")
_INPUTS = ("Input", "InputPath", "InputTransformer")
Target = Mapping[str, Any]


class InvalidTarget(ValueError):  # what PutTargets says
    """A target that AWS, or the embedded AWS, refuses; the message says why."""


@dataclass(frozen=True)
class Parcel:
    """What one target of one rule is to get.

    Attributes:
        event: The whole event; ``text`` is the target's input made of it.
    """

    rule_arn: str
    target: Target
    event: Mapping[str, Any]
    text: str


class Targets:
    """Calls targets as EventBridge, or under the role that the target names."""

    def __init__(self, clients: ClientFactory) -> None:
        self._clients = clients
        self._senders: Mapping[str, Callable[[Parcel], None]] = {
            "lambda": self._invoke_function,
            "states": self._start_execution,
            "sqs": self._send_message,
            "sns": self._publish,
            "logs": self._put_log_event,
            "events": self._put_event,
        }

    def check(self, target: Target) -> None:
        """Look at a target before it is kept.

        Raises:
            InvalidTarget: it could not be called; texts other than the first two are not AWS's.
        """
        arn, inputs = target["Arn"], [name for name in _INPUTS if name in target]
        if len(inputs) > 1:
            kinds = "Input, InputPath, or InputTransformer"
            raise InvalidTarget(f"Only one of {kinds} must be provided for target {target['Id']}.")
        service = _service(arn)
        if service == "states" and "RoleArn" not in target:
            raise InvalidTarget(f"RoleArn is required for target {arn}.")
        if service not in self._senders:
            raise InvalidTarget(f"the embedded AWS does not support the target {arn}")
        known = (*_PLAIN, *_INPUTS, *(["SqsParameters"] if service == "sqs" else []))
        unknown = sorted(name for name in target.keys() - set(known) if target[name])
        if unknown:
            raise InvalidTarget(f"the embedded AWS does not support {unknown} of target {arn}")
        _check_input(target)

    def send(self, parcel: Parcel) -> None:
        """Call the target.

        Raises:
            ClientError: the target's service refuses.
        """
        self._senders[_service(parcel.target["Arn"])](parcel)

    def bury(self, queue_arn: str, rule_arn: str, body: str, attributes: Mapping[str, str]) -> None:
        """Send an event that found no target to a dead-letter queue.

        Raises:
            ClientError: the queue refuses it, too.
        """
        sqs = client_of(self._clients, "sqs", PRINCIPAL, rule_arn)
        sqs.send_message(
            QueueUrl=queue_url(self._clients, queue_arn),
            MessageBody=body,
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value}
                for name, value in attributes.items()
            },
        )

    def _client(self, service: str, parcel: Parcel) -> Any:  # noqa: ANN401  # boto3 client
        role_arn = parcel.target.get("RoleArn")
        if role_arn:
            assumer = ServicePrincipal(PRINCIPAL, parcel.rule_arn)
            return self._clients.as_role(service, role_arn, "EventBridge", assumer)
        return client_of(self._clients, service, PRINCIPAL, parcel.rule_arn)

    def _invoke_function(self, parcel: Parcel) -> None:
        # Functions are invoked by their own policies, whatever role the target names.
        awslambda = client_of(self._clients, "lambda", PRINCIPAL, parcel.rule_arn)
        arn = parcel.target["Arn"]
        awslambda.invoke(FunctionName=arn, InvocationType="Event", Payload=parcel.text)

    def _start_execution(self, parcel: Parcel) -> None:
        # The name of an execution that EventBridge starts is made of two UUIDs.
        name = f"{parcel.event['id']}_{uuid.uuid4()}"
        self._client("stepfunctions", parcel).start_execution(
            stateMachineArn=parcel.target["Arn"], name=name, input=parcel.text
        )

    def _send_message(self, parcel: Parcel) -> None:
        sqs = self._client("sqs", parcel)
        sqs.send_message(
            QueueUrl=queue_url(self._clients, parcel.target["Arn"]),
            MessageBody=_plain(parcel.text),
            **parcel.target.get("SqsParameters", {}),
        )

    def _publish(self, parcel: Parcel) -> None:
        sns = self._client("sns", parcel)
        sns.publish(TopicArn=parcel.target["Arn"], Message=_plain(parcel.text))

    def _put_log_event(self, parcel: Parcel) -> None:
        logs = self._client("logs", parcel)
        group = parcel.target["Arn"].split(":log-group:", 1)[-1].removesuffix(":*")
        stream = str(uuid.uuid4())
        log_events.make_stream(logs, group, stream)
        sent_at = datetime.fromisoformat(parcel.event["time"])
        log_events.put(logs, group, stream, [log_events.log_event(sent_at, parcel.text)])

    def _put_event(self, parcel: Parcel) -> None:
        event = parcel.event
        entry = {
            "EventBusName": parcel.target["Arn"],
            "Source": event["source"],
            "DetailType": event["detail-type"],
            "Resources": event["resources"],
            "Detail": json.dumps(event["detail"]),
        }
        answer = self._client("events", parcel).put_events(Entries=[entry])
        if answer["FailedEntryCount"]:
            raise Undeliverable(str(answer["Entries"][0].get("ErrorMessage")))


def _check_input(target: Target) -> None:
    paths = target.get("InputTransformer", {}).get("InputPathsMap", {}).values()
    try:
        for path in (*paths, *([target["InputPath"]] if "InputPath" in target else [])):
            check_path(path)
        if "Input" in target:
            json.loads(target["Input"])
    except InvalidInput as wrong:
        raise InvalidTarget(str(wrong)) from wrong
    except ValueError as malformed:
        # AWS: "JSON syntax error in input for target <id>: ...".
        message = f"JSON syntax error in input for target {target['Id']}: {malformed}"
        raise InvalidTarget(message) from malformed


def _service(arn: str) -> str:
    return arn.split(":")[2] if arn.count(":") >= 5 else arn  # noqa: PLR2004  # an ARN's colons


def _plain(text: str) -> str:
    """A JSON text without its quotes: queues and topics get the string itself."""
    parsed = json.loads(text)
    return parsed if isinstance(parsed, str) else text
