from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws.instance import Instance

Make = Callable[..., Any]
UNIVERSAL = "arn:aws:scheduler:::aws-sdk:"


@pytest.fixture
def fire(aws: Instance, schedule: Make) -> Make:
    """Schedule a target once and let its time come; gives the scheduled time."""

    def fire(target_arn: str, **options: Any) -> datetime:
        due = aws.environment.clock.now().replace(microsecond=0) + timedelta(minutes=1)
        schedule(f"at({due:%Y-%m-%dT%H:%M:%S})", target_arn, **options)
        aws.environment.clock.advance_to(due)
        return due

    return fire


def test_context_attributes_are_filled_into_the_input(
    fire: Make, queue_arn: str, bodies: Make
) -> None:
    names = ("schedule-arn", "scheduled-time", "execution-id", "attempt-number")
    wanted = json.dumps({name: f"<aws.scheduler.{name}>" for name in names})
    due = fire(queue_arn, Name="attributes", Target={"Input": wanted})
    (body,) = bodies(queue_arn)
    found = json.loads(body)
    assert len(found.pop("execution-id")) == 16
    assert found == {
        "schedule-arn": "arn:aws:scheduler:us-east-1:123456789012:schedule/default/attributes",
        "scheduled-time": f"{due:%Y-%m-%dT%H:%M:%SZ}",
        "attempt-number": "1",
    }


def test_without_input_a_target_gets_the_scheduled_event(
    fire: Make, queue_arn: str, bodies: Make
) -> None:
    due = fire(queue_arn)
    (body,) = bodies(queue_arn)
    event = json.loads(body)
    assert event["detail-type"] == "Scheduled Event"
    assert event["source"] == "aws.scheduler"
    assert event["time"] == f"{due:%Y-%m-%dT%H:%M:%SZ}"


def test_a_state_machine_is_started_with_the_input(
    fire: Make, client: Make, make_role: Make
) -> None:
    machine = client("stepfunctions").create_state_machine(
        name="passes",
        definition='{"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}',
        roleArn=make_role("machine", "states"),
    )["stateMachineArn"]
    fire(machine, Target={"Input": '{"night": 1}'})
    (listed,) = client("stepfunctions").list_executions(stateMachineArn=machine)["executions"]
    found = client("stepfunctions").describe_execution(executionArn=listed["executionArn"])
    assert found["status"] == "SUCCEEDED"
    assert json.loads(found["output"]) == {"night": 1}


def test_a_function_is_invoked_with_the_input(aws: Instance, fire: Make, function: Make) -> None:
    source = "def handler(event, context): open(event['path'], 'w').write(event['at'])"
    path = aws.environment.settings.scratch / "written"
    given = {"path": str(path), "at": "<aws.scheduler.scheduled-time>"}
    due = fire(function("writes", source), Target={"Input": json.dumps(given)})
    assert path.read_text() == f"{due:%Y-%m-%dT%H:%M:%SZ}"


def test_a_topic_is_published_to(fire: Make, queue_arn: str, bodies: Make, client: Make) -> None:
    topic = client("sns").create_topic(Name="topic")["TopicArn"]
    client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn)
    fire(topic, Target={"Input": "hello"})
    (body,) = bodies(queue_arn)
    assert json.loads(body)["Message"] == "hello"


def test_an_event_bus_gets_an_event(fire: Make, queue_arn: str, bodies: Make, client: Make) -> None:
    events = client("events")
    bus = events.create_event_bus(Name="bus")["EventBusArn"]
    events.put_rule(Name="all", EventBusName="bus", EventPattern='{"source": ["nightly"]}')
    events.put_targets(Rule="all", EventBusName="bus", Targets=[{"Id": "q", "Arn": queue_arn}])
    parameters = {"DetailType": "Night", "Source": "nightly"}
    fire(bus, Target={"Input": '{"n": 1}', "EventBridgeParameters": parameters})
    (body,) = bodies(queue_arn)
    assert json.loads(body)["detail"] == {"n": 1}


def test_a_universal_target_calls_any_operation(
    fire: Make, queue_arn: str, bodies: Make, client: Make
) -> None:
    url = client("sqs").get_queue_url(QueueName=queue_arn.rsplit(":", 1)[-1])["QueueUrl"]
    called = {"QueueUrl": url, "MessageBody": "at <aws.scheduler.scheduled-time>"}
    due = fire(f"{UNIVERSAL}sqs:sendMessage", Target={"Input": json.dumps(called)})
    assert bodies(queue_arn) == [f"at {due:%Y-%m-%dT%H:%M:%SZ}"]


def test_a_universal_target_takes_members_in_the_documented_case(fire: Make, client: Make) -> None:
    """PascalCase, also where the service itself writes its members in camelCase."""
    called = '{"LogGroupName": "/made"}'
    fire(f"{UNIVERSAL}cloudwatchlogs:createLogGroup", Target={"Input": called})
    found = client("logs").describe_log_groups(logGroupNamePrefix="/made")["logGroups"]
    assert [group["logGroupName"] for group in found] == ["/made"]


@pytest.mark.parametrize(
    ("target_arn", "target", "message"),
    [
        ("not-an-arn", {}, "Provided Arn is not in correct format"),
        (f"{UNIVERSAL}nosuch:doThing", {}, "Provided Arn is not in correct format"),
        (f"{UNIVERSAL}sqs:doThing", {}, "Provided Arn is not in correct format"),
        (f"{UNIVERSAL}sqs:listQueues", {}, "reading operations"),
        (f"{UNIVERSAL}sqs:sendMessage", {"Input": "not json"}, "Invalid RequestJson"),
        (f"{UNIVERSAL}sqs:sendMessage", {"Input": "[]"}, "Invalid RequestJson"),
        (f"{UNIVERSAL}sqs:sendMessage", {"Input": '{"Body": "x"}'}, "The field Body is not"),
        ("arn:aws:events:us-east-1:123456789012:event-bus/b", {}, "EventBridgeParameters"),
        (
            "arn:aws:sqs:us-east-1:123456789012:q",
            {"EventBridgeParameters": {"DetailType": "a", "Source": "b"}},
            "EventBridgeParameters is not supported for the target",
        ),
    ],
)
def test_a_target_that_cannot_be_called_is_refused_when_it_is_scheduled(
    target_arn: str, target: dict[str, Any], message: str, schedule: Make
) -> None:
    with pytest.raises(ClientError, match=message) as refused:
        schedule("rate(1 day)", target_arn, Target=target)
    assert refused.value.response["Error"]["Code"] == "ValidationException"


def test_a_templated_target_of_an_unsupported_service_is_refused_by_name(schedule: Make) -> None:
    with pytest.raises(ClientError, match="does not support kinesis as a schedule's target"):
        schedule("rate(1 day)", "arn:aws:kinesis:us-east-1:123456789012:stream/s")
