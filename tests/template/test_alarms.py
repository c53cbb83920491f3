"""What rings when nobody looks."""

from __future__ import annotations

from typing import Any

import pytest

from docs.generate import ROOT
from embedded_aws.cloudformation.template import parse

TEMPLATE: dict[str, Any] = parse((ROOT / "template.yaml").read_text())
ALARMS = [
    it["Properties"]
    for it in TEMPLATE["Resources"].values()
    if it["Type"] == "AWS::CloudWatch::Alarm"
]


@pytest.mark.parametrize(
    "metric", ["LineageQuotaUsed", "LineageNightsRefused", "LineageNightsLeft"]
)
def test_retention_rings_by_what_it_measures(metric: str) -> None:
    (alarm,) = (it for it in ALARMS if it.get("MetricName") == metric)
    source = (ROOT / "lambdas" / "prune_lineage.py").read_text()
    assert f'"{metric}"' in source
    assert alarm["Dimensions"] == [{"Name": "service", "Value": "prune_lineage"}]


def test_whatever_is_given_up_on_rings() -> None:
    """Retention that fails sends no figures, but its event goes to the dead-letter queue."""
    (alarm,) = (it for it in ALARMS if it.get("Namespace") == "AWS/SQS")
    (dimension,) = alarm["Dimensions"]
    assert dimension["Value"] == {"Fn::GetAtt": ["DeadLetterQueue", "QueueName"]}
    prune = TEMPLATE["Resources"]["PruneLineageFunction"]["Properties"]
    assert prune["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]["Type"] == "SQS"


def test_an_update_is_rolled_back_by_errors_and_by_the_latency_that_was_asked_for() -> None:
    substitutions = TEMPLATE["Resources"]["RolloutStateMachine"]["Properties"]
    given = substitutions["DefinitionSubstitutions"]
    alarms = {key: it for key, it in given.items() if key.endswith("Alarm")}
    assert alarms == {key: {"Ref": key} for key in alarms}
    (latency,) = (it for it in ALARMS if it.get("MetricName") == "ModelLatency")
    milliseconds = TEMPLATE["Parameters"]["ProductionLatencyMs"]
    # CloudWatch has it in microseconds.
    assert latency["Threshold"] == {"Fn::Sub": "${ProductionLatencyMs}000"}
    assert milliseconds["MinValue"] <= milliseconds["Default"] <= milliseconds["MaxValue"]


def test_a_stack_hears_of_its_own_nights_only() -> None:
    """Two stacks of one account would otherwise ring each other's alarms."""
    named = [it["Namespace"] for it in ALARMS if "Namespace" in it]
    ours = [it for it in named if not str(it).startswith("AWS/")]
    environment = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
    own = environment["POWERTOOLS_METRICS_NAMESPACE"]
    assert own == {"Ref": "AWS::StackName"}
    assert ours == [own] * len(ours)
    assert ours
