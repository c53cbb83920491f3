"""Queues to deliver to and to look into, and a function whose events come out on a queue."""

from __future__ import annotations

import io
import itertools
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from embedded_aws.faults.reading import read_faults
from embedded_aws.instance import Instance
from embedded_aws.testing import make_role

ACCOUNT = "123456789012"
SOURCE = """
def handler(event, context):
    return event
"""


class Post:
    """Makes what can be delivered to, and reads what came."""

    def __init__(self, aws: Instance, client: Callable[[str], Any]) -> None:
        self.client = client
        self.clock = aws.environment.clock
        self._numbers = itertools.count()

    def name(self, stem: str) -> str:
        return f"{stem}-{next(self._numbers)}"

    def queue(self, **attributes: str) -> str:
        """The ARN of a new queue that anybody may send to."""
        name = self.name("queue")
        arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:{name}"
        policy = allow("sqs:SendMessage", arn)
        given = {"Policy": json.dumps(policy), **attributes}
        self.client("sqs").create_queue(
            QueueName=name, Attributes={key: value for key, value in given.items() if value}
        )
        return arn

    def topic(self) -> str:
        """The ARN of a new topic that anybody may publish to."""
        sns = self.client("sns")
        arn = str(sns.create_topic(Name=self.name("topic"))["TopicArn"])
        sns.set_topic_attributes(
            TopicArn=arn,
            AttributeName="Policy",
            AttributeValue=json.dumps(allow("sns:Publish", arn)),
        )
        return arn

    def role(self, service: str, *actions: str) -> str:
        """The ARN of a new role for a service."""
        return make_role(self.client("iam"), self.name("role"), service, actions=actions)

    def quiet(self, seconds: float = 0) -> None:
        """Let everything arrive, and some time pass."""
        self.clock.advance_to(self.clock.now() + timedelta(seconds=seconds))

    def received(self, queue_arn: str, seconds: float = 0) -> list[Any]:
        """The messages of a queue after a while, taken off it."""
        self.quiet(seconds)
        sqs = self.client("sqs")
        url = sqs.get_queue_url(QueueName=queue_arn.rsplit(":", 1)[-1])["QueueUrl"]
        messages: list[Any] = []
        while batch := sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        ).get("Messages"):
            messages += batch
            for message in batch:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return messages

    def bodies(self, queue_arn: str, seconds: float = 0) -> list[Any]:
        """The parsed bodies of a queue's messages."""
        return [json.loads(each["Body"]) for each in self.received(queue_arn, seconds)]


def allow(action: str, arn: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": arn}
    return {"Version": "2012-10-17", "Statement": statement}


class Function:
    """A function that gives its event back; asynchronous events come out on a queue."""

    def __init__(self, post: Post, source: str = SOURCE) -> None:
        self._post = post
        self.outcomes = post.queue()
        self.name = post.name("function")
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w") as opened:
            opened.writestr("app.py", source)
        self._lambda = post.client("lambda")
        made = self._lambda.create_function(
            FunctionName=self.name,
            Runtime="python3.13",
            Role=post.role("lambda", "sqs:*", "logs:*"),
            Handler="app.handler",
            Code={"ZipFile": written.getvalue()},
            Timeout=60,
        )
        self.arn = str(made["FunctionArn"])
        self._lambda.put_function_event_invoke_config(
            FunctionName=self.name,
            DestinationConfig={"OnSuccess": {"Destination": self.outcomes}},
        )

    def permit(self, principal: str, source_arn: str) -> None:
        """Let a service invoke it on account of a resource."""
        self._lambda.add_permission(
            FunctionName=self.name,
            StatementId=self._post.name("s"),
            Action="lambda:InvokeFunction",
            Principal=f"{principal}.amazonaws.com",
            SourceArn=source_arn,
        )

    def events(self) -> list[Any]:
        """What it was invoked with since it was last asked."""
        return [body["requestPayload"] for body in self._post.bodies(self.outcomes)]


@pytest.fixture
def strike(aws: Instance) -> Iterator[Callable[..., None]]:
    """Have an effect befall the next calls of an operation that name a resource."""

    def script(effect: str, service: str, operation: str, arn: str, times: int = 1) -> None:
        fault = {
            "service": service,
            "operation": operation,
            "resource": f"*{arn.rsplit(':', 1)[-1]}",
            "calls": {"first": times},
            "effect": effect,
        }
        aws.faults.add(*read_faults(json.dumps({"faults": [fault]})))

    yield script
    aws.faults.clear()


@pytest.fixture
def throttle(strike: Callable[..., None]) -> Callable[..., None]:
    """Throttle the next calls of an operation that name a resource."""
    return partial(strike, "throttle")


@pytest.fixture(scope="module")
def post(aws: Instance, client: Callable[[str], Any]) -> Post:
    return Post(aws, client)


@pytest.fixture(scope="module")
def function(post: Post) -> Function:
    return Function(post)


@pytest.fixture(scope="module")
def function_of(post: Post) -> Callable[[str], Function]:
    """Make a function from the text of its module."""
    return lambda source: Function(post, source)
