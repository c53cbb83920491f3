"""EventBridge rules, seen from their targets."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

RULE = "arn:aws:events:us-east-1:123456789012:rule/"


class Rules:
    """Puts rules on events of a source of their own, and such events."""

    def __init__(self, post: Any) -> None:
        self._post = post
        self.events = post.client("events")

    def rule(self, *targets: dict[str, Any], **pattern: Any) -> str:
        """A rule on its own source, which is also its name."""
        name = self._post.name("rule")
        wanted = {"source": [name], **pattern}
        self.events.put_rule(Name=name, EventPattern=json.dumps(wanted))
        if targets:
            self.target(name, *targets)
        return str(name)

    def target(self, rule: str, *targets: dict[str, Any]) -> None:
        self.events.put_targets(
            Rule=rule, Targets=[{"Id": str(n), **each} for n, each in enumerate(targets)]
        )

    def put(self, source: str, **detail: Any) -> None:
        entry = {"Source": source, "DetailType": "Test", "Detail": json.dumps(detail)}
        self.events.put_events(Entries=[entry])


@pytest.fixture
def rules(post: Any) -> Rules:
    return Rules(post)


def test_a_function_is_invoked_with_the_event(rules: Rules, function: Any) -> None:
    """User guide "Events in Amazon EventBridge"."""
    rule = rules.rule()
    function.permit("events", RULE + rule)
    rules.target(rule, {"Arn": function.arn})

    rules.put(rule, n=1)

    (event,) = function.events()
    assert event.keys() == {
        "version",
        "id",
        "detail-type",
        "source",
        "account",
        "time",
        "region",
        "resources",
        "detail",
    }
    assert (event["detail-type"], event["detail"]) == ("Test", {"n": 1})
    assert event["time"].endswith("Z")


def test_a_state_machine_is_started_under_the_targets_role(rules: Rules, post: Any) -> None:
    """User guide "Amazon EventBridge targets": Step Functions state machine."""
    states = post.client("stepfunctions")
    definition = {"StartAt": "S", "States": {"S": {"Type": "Succeed"}}}
    machine = states.create_state_machine(
        name=post.name("machine"),
        definition=json.dumps(definition),
        roleArn=post.role("states", "events:*"),
    )["stateMachineArn"]
    role_arn = post.role("events", "states:StartExecution")
    rule = rules.rule({"Arn": machine, "RoleArn": role_arn, "InputPath": "$.detail"})

    rules.put(rule, night="2026-11-01")
    post.quiet()

    (execution,) = states.list_executions(stateMachineArn=machine)["executions"]
    described = states.describe_execution(executionArn=execution["executionArn"])
    assert json.loads(described["input"]) == {"night": "2026-11-01"}


def test_a_log_group_gets_a_line(rules: Rules, post: Any) -> None:
    """User guide "Amazon EventBridge targets": CloudWatch Logs group."""
    logs, group = post.client("logs"), post.name("/aws/events/group")
    logs.create_log_group(logGroupName=group)
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": f"arn:aws:logs:us-east-1:123456789012:log-group:{group}:*",
    }
    logs.put_resource_policy(
        policyName=post.name("events"),
        policyDocument=json.dumps({"Version": "2012-10-17", "Statement": statement}),
    )
    rule = rules.rule({"Arn": f"arn:aws:logs:us-east-1:123456789012:log-group:{group}"})

    rules.put(rule, n=1)
    post.quiet()

    (line,) = logs.filter_log_events(logGroupName=group)["events"]
    assert json.loads(line["message"])["detail"] == {"n": 1}


def test_a_topic_passes_it_on(rules: Rules, post: Any) -> None:
    topic, queue = post.topic(), post.queue()
    post.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
    rule = rules.rule({"Arn": topic, "Input": '"hello"'})

    rules.put(rule)

    assert [body["Message"] for body in post.bodies(queue)] == ["hello"]


def test_another_bus_has_rules_of_its_own(rules: Rules, post: Any) -> None:
    bus, queue, source = post.name("bus"), post.queue(), post.name("source")
    events = rules.events
    arn = events.create_event_bus(Name=bus)["EventBusArn"]
    events.put_rule(Name=bus, EventBusName=bus, EventPattern=json.dumps({"source": [source]}))
    events.put_targets(Rule=bus, EventBusName=bus, Targets=[{"Id": "q", "Arn": queue}])
    role_arn = post.role("events", "events:PutEvents")
    name = post.name("rule")
    events.put_rule(Name=name, EventPattern=json.dumps({"source": [source]}))
    events.put_targets(Rule=name, Targets=[{"Id": "bus", "Arn": arn, "RoleArn": role_arn}])

    rules.put(source, n=1)

    assert [body["detail"] for body in post.bodies(queue)] == [{"n": 1}]


def test_events_come_in_order_and_only_those_that_match(rules: Rules, post: Any) -> None:
    queue = post.queue()
    rule = rules.rule({"Arn": queue}, detail={"n": [{"numeric": [">", 1]}]})

    for n in range(6):
        rules.put(rule, n=n)

    assert [body["detail"]["n"] for body in post.bodies(queue)] == [2, 3, 4, 5]


def test_a_disabled_rule_is_silent(rules: Rules, post: Any) -> None:
    queue = post.queue()
    rule = rules.rule({"Arn": queue})
    rules.events.disable_rule(Name=rule)

    rules.put(rule)

    assert post.bodies(queue) == []


def test_what_a_target_does_not_let_in_is_buried_at_once(rules: Rules, post: Any) -> None:
    """User guide "Using dead-letter queues": missing permissions are not retried."""
    dead, closed = post.queue(), post.queue(Policy="")
    rule = rules.rule({"Arn": closed, "DeadLetterConfig": {"Arn": dead}})

    rules.put(rule, n=1)

    (message,) = post.received(dead)
    attributes = {
        name: value["StringValue"] for name, value in message["MessageAttributes"].items()
    }
    assert json.loads(message["Body"])["detail"] == {"n": 1}
    assert attributes["RULE_ARN"] == RULE + rule
    assert attributes["TARGET_ARN"] == closed
    assert "events.amazonaws.com is not authorized" in attributes["ERROR_MESSAGE"]
    assert "EXHAUSTED_RETRY_CONDITION" not in attributes


def test_a_function_lets_in_the_rule_that_its_policy_names(
    rules: Rules, post: Any, function: Any
) -> None:
    """User guide "Using resource-based policies for EventBridge": AWS::SourceArn."""
    dead = post.queue()
    rule, other = (rules.rule() for _ in range(2))
    function.permit("events", RULE + rule)
    for name in (rule, other):
        rules.target(name, {"Arn": function.arn, "DeadLetterConfig": {"Arn": dead}})
        rules.put(name)

    assert [event["source"] for event in function.events()] == [rule]
    assert [body["source"] for body in post.bodies(dead)] == [other]


def test_a_throttled_target_is_tried_again(
    rules: Rules, post: Any, throttle: Callable[..., None]
) -> None:
    """User guide "How EventBridge retries delivering events"."""
    queue = post.queue()
    rule = rules.rule({"Arn": queue})
    throttle("sqs", "SendMessage", queue, times=2)

    rules.put(rule, n=1)

    assert post.received(queue) == []
    assert [body["detail"] for body in post.bodies(queue, seconds=10)] == [{"n": 1}]


def test_a_target_that_stays_throttled_is_given_up(
    rules: Rules, post: Any, throttle: Callable[..., None]
) -> None:
    """API reference of RetryPolicy."""
    dead, queue = post.queue(), post.queue()
    policy = {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 3600}
    rule = rules.rule({"Arn": queue, "RetryPolicy": policy, "DeadLetterConfig": {"Arn": dead}})
    throttle("sqs", "SendMessage", queue, times=3)

    rules.put(rule, n=1)

    (message,) = post.received(dead, seconds=10)
    attributes = message["MessageAttributes"]
    assert attributes["RETRY_ATTEMPTS"]["StringValue"] == "2"
    assert attributes["EXHAUSTED_RETRY_CONDITION"]["StringValue"] == "MaximumRetryAttempts"
    assert post.received(queue) == []


def test_failed_invocations_are_counted(rules: Rules, post: Any) -> None:
    """User guide "Monitoring Amazon EventBridge"."""
    rule = rules.rule({"Arn": "arn:aws:sqs:us-east-1:123456789012:never-made"})
    rules.put(rule)
    post.quiet()

    now = post.clock.now()
    statistics = post.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Events",
        MetricName="FailedInvocations",
        Dimensions=[{"Name": "RuleName", "Value": rule}],
        StartTime=now.replace(minute=0),
        EndTime=now.replace(year=now.year + 1),
        Period=60,
        Statistics=["Sum"],
    )

    assert sum(point["Sum"] for point in statistics["Datapoints"]) == 1


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ({"Arn": "arn:aws:kinesis:us-east-1:123456789012:stream/s"}, "does not support"),
        ({"Arn": "arn:aws:lambda:us-east-1:123456789012:function:f", "Input": "{"}, "JSON syntax"),
        (
            {"Arn": "arn:aws:sqs:us-east-1:123456789012:q", "Input": "1", "InputPath": "$.a"},
            "Only one of Input, InputPath, or InputTransformer",
        ),
        (
            {"Arn": "arn:aws:states:us-east-1:123456789012:stateMachine:m"},
            "RoleArn is required",
        ),
        (
            {"Arn": "arn:aws:sqs:us-east-1:123456789012:q", "EcsParameters": {"TaskCount": 1}},
            "EcsParameters",
        ),
    ],
)
def test_what_could_not_be_delivered_is_refused(
    target: dict[str, Any], words: str, rules: Rules
) -> None:
    if "EcsParameters" in target:
        target["EcsParameters"]["TaskDefinitionArn"] = "arn"
    rule = rules.rule()

    with pytest.raises(ClientError, match=words) as refused:
        rules.target(rule, target)

    assert refused.value.response["Error"]["Code"] == "ValidationException"


def test_a_malformed_pattern_is_refused(rules: Rules) -> None:
    with pytest.raises(ClientError) as refused:
        rules.rule(detail={"n": [{"like": 1}]})

    error = refused.value.response["Error"]
    assert error["Code"] == "InvalidEventPatternException"
    assert error["Message"].startswith("Event pattern is not valid. Reason: ")


def test_a_schedule_of_a_rule_is_refused_by_name(rules: Rules, post: Any) -> None:
    """Of a new rule, and of one that has targets already."""
    existing = rules.rule({"Arn": post.queue()})
    for name in (post.name("scheduled"), existing):
        with pytest.raises(
            ClientError, match=f"ScheduleExpression of the rule {name}: "
        ) as refused:
            rules.events.put_rule(Name=name, ScheduleExpression="rate(1 minute)")
        assert refused.value.response["Error"]["Code"] == "ValidationException"


def test_a_machines_own_event_reaches_a_function(
    rules: Rules, post: Any, function: Any, client: Callable[[str], Any]
) -> None:
    """Developer guide "Step Functions Execution Status Change events"."""
    states = client("stepfunctions")
    definition = {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "Boom"}}}
    machine = states.create_state_machine(
        name=post.name("machine"),
        definition=json.dumps(definition),
        roleArn=post.role("states", "events:*"),
    )["stateMachineArn"]
    name = post.name("failures")
    detail = {"status": ["FAILED"], "stateMachineArn": [machine]}
    pattern = {"source": ["aws.states"], "detail": detail}
    rules.events.put_rule(Name=name, EventPattern=json.dumps(pattern))
    function.permit("events", RULE + name)
    rules.target(name, {"Arn": function.arn})

    states.start_execution(stateMachineArn=machine)
    post.quiet(1)

    (event,) = function.events()
    assert event["detail"]["error"] == "Boom"
