"""Where the end of an asynchronous invocation is reported: destinations and dead-letter queues.

AWS Lambda developer guide, "Capturing records of Lambda asynchronous invocations".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from embedded_aws.awslambda.execution_environment import Outcome
from embedded_aws.awslambda.invoker import FunctionCall
from embedded_aws.awslambda.names import LATEST
from embedded_aws.clients import ClientFactory
from embedded_aws.clock import Clock
from embedded_aws.delivery.attempts import BRIEFLY, Courier, Delivery
from embedded_aws.queues import queue_url

_ERROR_MESSAGE_BYTES = 1024


@dataclass(frozen=True)
class Ending:
    """How an asynchronous invocation ended, after how many attempts."""

    call: FunctionCall
    condition: str
    invoke_count: int
    outcome: Outcome | None

    @property
    def is_success(self) -> bool:
        """Whether the function returned."""
        return self.condition == "Success"


class Destinations:
    """Sends records under the function's own role."""

    def __init__(self, clients: ClientFactory, clock: Clock) -> None:
        self._clients = clients
        self._clock = clock
        self._courier = Courier(clock, "lambda-destinations")

    def report(self, ending: Ending, config: Mapping[str, Mapping[str, str]]) -> None:
        """Send the record to the destination for this end, and a failed event to the DLQ."""
        destination = config.get("OnSuccess" if ending.is_success else "OnFailure", {})
        if destination.get("Destination"):
            arn, instant = destination["Destination"], self._clock.now()
            record = _record(ending, f"{instant:%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z")
            body = json.dumps(record)
            self._post(ending, lambda: self._send(arn, ending, body))
        dead_letter_arn = ending.call.version.configuration.dead_letter_arn
        if not ending.is_success and dead_letter_arn:
            self._post(ending, lambda: self._bury(dead_letter_arn, ending))

    def _post(self, ending: Ending, send: Callable[[], None]) -> None:
        self._courier.post(
            Delivery(
                name=ending.call.function_arn,
                send=lambda _attempt: send(),
                # AWS only counts DestinationDeliveryFailures and DeadLetterErrors.
                bury=lambda _failure: None,
                policy=BRIEFLY,
                created_at=self._clock.now(),
            )
        )

    def _send(self, arn: str, ending: Ending, body: str) -> None:
        client = self._client(arn, ending)
        match arn.split(":")[2]:
            case "sqs":
                client.send_message(QueueUrl=queue_url(self._clients, arn), MessageBody=body)
            case "sns":
                client.publish(TopicArn=arn, Message=body)
            case "lambda":
                client.invoke(FunctionName=arn, InvocationType="Event", Payload=body)
            case _:
                outcome = "Success" if ending.is_success else "Failure"
                client.put_events(
                    Entries=[
                        {
                            "EventBusName": arn,
                            "Source": "lambda",
                            "DetailType": f"Lambda Function Invocation Result - {outcome}",
                            "Resources": [_qualified_arn(ending.call), arn],
                            "Detail": body,
                        }
                    ]
                )

    def _bury(self, arn: str, ending: Ending) -> None:
        payload = ending.call.payload.decode()
        attributes = {
            "RequestID": {"DataType": "String", "StringValue": ending.call.request_id},
            "ErrorCode": {"DataType": "Number", "StringValue": "200"},
            "ErrorMessage": {"DataType": "String", "StringValue": _error_message(ending)},
        }
        client = self._client(arn, ending)
        if arn.split(":")[2] == "sqs":
            client.send_message(
                QueueUrl=queue_url(self._clients, arn),
                MessageBody=payload,
                MessageAttributes=attributes,
            )
        else:
            client.publish(TopicArn=arn, Message=payload, MessageAttributes=attributes)

    def _client(self, arn: str, ending: Ending) -> Any:  # noqa: ANN401  # boto3 client
        configuration = ending.call.version.configuration
        service = arn.split(":")[2]
        return self._clients.as_role(
            service,
            configuration.role_arn,
            configuration.session_name,
            ending.call.version.assumer,
        )


def _record(ending: Ending, timestamp: str) -> dict[str, Any]:
    call = ending.call
    record: dict[str, Any] = {
        "version": "1.0",
        "timestamp": timestamp,
        "requestContext": {
            "requestId": call.request_id,
            "functionArn": _qualified_arn(call),
            "condition": ending.condition,
            "approximateInvokeCount": ending.invoke_count,
        },
        "requestPayload": json.loads(call.payload),
    }
    if ending.outcome is not None:
        failed = {"functionError": "Unhandled"} if ending.outcome.is_error else {}
        version = call.version.version
        record["responseContext"] = {"statusCode": 200, "executedVersion": version, **failed}
        record["responsePayload"] = json.loads(ending.outcome.payload)
    return record


def _qualified_arn(call: FunctionCall) -> str:
    unqualified = call.version.version == LATEST and not call.function_arn.endswith(LATEST)
    return f"{call.function_arn}:{LATEST}" if unqualified else call.function_arn


def _error_message(ending: Ending) -> str:
    text = json.loads(ending.outcome.payload).get("errorMessage") if ending.outcome else None
    return (text or ending.condition)[:_ERROR_MESSAGE_BYTES]
