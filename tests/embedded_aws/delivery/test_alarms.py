"""CloudWatch alarms, seen from their topics, functions and rules."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws.clock import Clock


@pytest.fixture
def alarm(post: Any) -> Any:
    """Make an alarm on the sum of a metric of its own over a minute."""

    def made(**changes: Any) -> str:
        name = str(post.name("alarm"))
        post.client("cloudwatch").put_metric_alarm(
            **{
                "AlarmName": name,
                "Namespace": "Nights",
                "MetricName": name,
                "Statistic": "Sum",
                "Period": 60,
                "EvaluationPeriods": 1,
                "Threshold": 1.0,
                "ComparisonOperator": "GreaterThanThreshold",
                **changes,
            }
        )
        return name

    return made


def put(post: Any, name: str, value: float) -> None:
    post.client("cloudwatch").put_metric_data(
        Namespace="Nights", MetricData=[{"MetricName": name, "Value": value}]
    )


def state(post: Any, name: str) -> str:
    (found,) = post.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return str(found["StateValue"])


def test_an_alarm_follows_its_metric(post: Any, alarm: Any) -> None:
    """User guide "Evaluating an alarm"."""
    name = alarm()
    states = [state(post, name)]
    for value in (1, 5):
        put(post, name, value)
        states.append(state(post, name))
    post.quiet(seconds=241)

    assert [*states, state(post, name)] == [
        "INSUFFICIENT_DATA",
        "OK",
        "ALARM",
        "INSUFFICIENT_DATA",
    ]


def filled(name: str, expression: str) -> dict[str, Any]:
    """An alarm on two minutes in which the expression of a metric stays below 1."""
    metric = {"Namespace": "Nights", "MetricName": name}
    stat = {"Metric": metric, "Period": 60, "Stat": "Sum"}
    return {
        "AlarmName": name,
        "Metrics": [
            {"Id": "m1", "MetricStat": stat, "ReturnData": False},
            {"Id": "e1", "Expression": expression, "ReturnData": True},
        ],
        "EvaluationPeriods": 2,
        "Threshold": 1.0,
        "ComparisonOperator": "LessThanThreshold",
        "TreatMissingData": "breaching",
    }


def test_a_filled_metric_is_missing_in_no_period_that_has_ended(post: Any) -> None:
    """User guide "Using metric math": FILL. Else the two minutes before them would count, too."""
    name = str(post.name("alarm"))
    post.client("cloudwatch").put_metric_alarm(**filled(name, "FILL(m1, 0)"))
    put(post, name, 1)
    states = [state(post, name)]
    for seconds in (110, 70):
        post.quiet(seconds=seconds)
        states.append(state(post, name))
    assert states == ["OK", "OK", "ALARM"]


def test_any_other_metric_math_is_left_to_whoever_sets_the_state(post: Any) -> None:
    name = str(post.name("alarm"))
    post.client("cloudwatch").put_metric_alarm(**filled(name, "m1 * 2"))
    put(post, name, 0)
    assert state(post, name) == "INSUFFICIENT_DATA"
    post.client("cloudwatch").set_alarm_state(
        AlarmName=name, StateValue="ALARM", StateReason="by hand"
    )
    assert state(post, name) == "ALARM"


def test_an_alarm_is_looked_at_once_at_the_end_of_a_period_however_many_data_there_are(
    post: Any, alarm: Any, clock: Clock
) -> None:
    name = alarm(Period=3600)
    for value in range(10):
        put(post, name, value)
    looks = [due.at for due in clock.timers() if due.name.endswith(name)]
    assert looks == sorted(set(looks))
    assert {(when.minute, when.second) for when in looks} == {(0, 0)}


def test_data_of_other_dimensions_are_not_looked_at(post: Any, alarm: Any) -> None:
    name = alarm(Dimensions=[{"Name": "night", "Value": "1"}])
    dimensions = [{"Name": "night", "Value": "2"}]
    post.client("cloudwatch").put_metric_data(
        Namespace="Nights",
        MetricData=[{"MetricName": name, "Dimensions": dimensions, "Value": 5}],
    )

    assert state(post, name) == "INSUFFICIENT_DATA"


def test_a_topic_is_told(post: Any, alarm: Any) -> None:
    topic, queue = post.topic(), post.queue()
    post.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
    name = alarm(AlarmActions=[topic], TreatMissingData="notBreaching")

    put(post, name, 5)

    (body,) = post.bodies(queue)
    message = json.loads(body["Message"])
    assert body["Subject"].startswith(f'ALARM: "{name}"')
    assert (message["OldStateValue"], message["NewStateValue"]) == ("INSUFFICIENT_DATA", "ALARM")
    assert message["Trigger"]["MetricName"] == name


def test_a_function_is_told(post: Any, alarm: Any, function: Any) -> None:
    name = alarm(AlarmActions=[function.arn])
    arn = f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:{name}"
    function.permit("lambda.alarms.cloudwatch", arn)

    put(post, name, 5)

    (event,) = function.events()
    assert (event["alarmArn"], event["alarmData"]["state"]["value"]) == (arn, "ALARM")


def test_eventbridge_is_told_of_a_state_set_by_hand(post: Any, alarm: Any) -> None:
    """User guide "Alarm events and EventBridge"."""
    name, queue, events = alarm(), post.queue(), post.client("events")
    pattern = {"source": ["aws.cloudwatch"], "detail": {"alarmName": [name]}}
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=name, Targets=[{"Id": "q", "Arn": queue}])

    for value in ("ALARM", "ALARM", "OK"):
        post.client("cloudwatch").set_alarm_state(
            AlarmName=name, StateValue=value, StateReason="test"
        )

    told = post.bodies(queue)
    assert [each["detail"]["state"]["value"] for each in told] == ["ALARM", "OK"]
    assert told[1]["detail"]["previousState"]["value"] == "ALARM"


def test_disabled_actions_rest(post: Any, alarm: Any) -> None:
    topic, queue = post.topic(), post.queue()
    post.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
    name = alarm(AlarmActions=[topic], ActionsEnabled=False)

    put(post, name, 5)

    assert post.bodies(queue) == []


def test_actions_that_nobody_carries_out_are_refused(alarm: Any) -> None:
    with pytest.raises(ClientError, match="automate:us-east-1:ec2:stop"):
        alarm(AlarmActions=["arn:aws:automate:us-east-1:ec2:stop"])
