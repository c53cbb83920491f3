"""AWS::StepFunctions, AWS::Scheduler and AWS::SageMaker resources."""

from __future__ import annotations

import json
from typing import Any

import pytest


def role(service: str) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": f"{service}.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    trust = {"Version": "2012-10-17", "Statement": [statement]}
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust}}


PASS = {"StartAt": "P", "States": {"P": {"Type": "Pass", "Comment": "${Word}", "End": True}}}
YAML = """
Comment: a machine in YAML
StartAt: P
States:
  P: {Type: Pass, Comment: "${Word}", End: true}
"""


def machine(**properties: Any) -> dict[str, Any]:
    return {
        "Role": role("states"),
        "M": {
            "Type": "AWS::StepFunctions::StateMachine",
            "Properties": {"RoleArn": {"Fn::GetAtt": ["Role", "Arn"]}, **properties},
        },
    }


def inline(word: str, **properties: Any) -> dict[str, Any]:
    return machine(
        DefinitionString=json.dumps(PASS), DefinitionSubstitutions={"Word": word}, **properties
    )


def described(client: Any, arn: str) -> Any:
    return client("stepfunctions").describe_state_machine(stateMachineArn=arn)


def word_of(client: Any, arn: str) -> str:
    definition = json.loads(described(client, arn)["definition"])
    return str(definition["States"]["P"]["Comment"])


def test_a_state_machine_is_what_its_template_says(stacks: Any, client: Any, is_gone: Any) -> None:
    group = {"Type": "AWS::Logs::LogGroup"}
    logging = {
        "Level": "ALL",
        "IncludeExecutionData": True,
        "Destinations": [{"CloudWatchLogsLogGroup": {"LogGroupArn": {"Fn::GetAtt": ["L", "Arn"]}}}],
    }
    rich = inline(
        "old",
        StateMachineName="night",
        LoggingConfiguration=logging,
        TracingConfiguration={"Enabled": True},
        Tags=[{"Key": "k", "Value": "v"}],
    )
    looking = {
        "Effect": "Allow",
        "Action": ["logs:DescribeLogGroups", "logs:DescribeResourcePolicies"],
        "Resource": "*",
    }
    document = {"Version": "2012-10-17", "Statement": looking}
    rich["Role"]["Properties"]["Policies"] = [{"PolicyName": "p", "PolicyDocument": document}]
    stacks.create("machine", {**rich, "L": group})
    arn = stacks.physical_id("machine", "M")
    found = described(client, arn)
    assert (found["name"], found["type"]) == ("night", "STANDARD")
    assert word_of(client, arn) == "old"
    assert found["loggingConfiguration"]["level"] == "ALL"
    assert found["tracingConfiguration"] == {"enabled": True}
    sfn = client("stepfunctions")
    assert sfn.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": "k", "value": "v"}]
    stacks.update("machine", {**inline("new", StateMachineName="night"), "L": group})
    assert word_of(client, arn) == "new"
    assert described(client, arn)["loggingConfiguration"]["level"] == "OFF"
    assert sfn.list_tags_for_resource(resourceArn=arn)["tags"] == []
    assert stacks.delete("machine") == "DELETE_COMPLETE"
    assert is_gone(lambda: described(client, arn))


@pytest.mark.parametrize(("key", "text"), [("m.json", json.dumps(PASS)), ("m.yaml", YAML)])
def test_a_definition_may_lie_in_s3(stacks: Any, client: Any, key: str, text: str) -> None:
    name = key.replace(".", "-")
    client("s3").create_bucket(Bucket=f"definitions-{name}")
    client("s3").put_object(Bucket=f"definitions-{name}", Key=key, Body=text.encode())
    stored = machine(
        DefinitionS3Location={"Bucket": f"definitions-{name}", "Key": key},
        DefinitionSubstitutions={"Word": "stored"},
    )
    stacks.create(name, stored)
    assert word_of(client, stacks.physical_id(name, "M")) == "stored"


def test_a_definition_may_be_an_object(stacks: Any, client: Any) -> None:
    stacks.create("object", machine(Definition=PASS, DefinitionSubstitutions={"Word": "plain"}))
    assert word_of(client, stacks.physical_id("object", "M")) == "plain"


@pytest.mark.parametrize(
    ("name", "properties", "complaint"),
    [
        (
            "unfilled",
            {"DefinitionString": json.dumps(PASS)},
            "tokens without substitution: ['Word']",
        ),
        (
            "unused",
            {
                "DefinitionString": json.dumps(PASS),
                "DefinitionSubstitutions": {"Word": "w", "Other": "x"},
            },
            "does not use the substitutions ['Other']",
        ),
        ("without", {}, "needs exactly one of"),
        ("malformed", {"DefinitionString": "a: ["}, "neither JSON nor YAML"),
        (
            "missing",
            {"DefinitionS3Location": {"Bucket": "no-such-bucket", "Key": "k"}},
            "does not exist",
        ),
    ],
)
def test_a_definition_that_is_wrong_fails_the_deployment(
    stacks: Any, name: str, properties: dict[str, Any], complaint: str
) -> None:
    stack = stacks.create(name, machine(**properties))
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert complaint in stacks.failures(name)


def published(word: str, preference: str = "ALL_AT_ONCE") -> dict[str, Any]:
    version = {
        "StateMachineArn": {"Ref": "M"},
        "StateMachineRevisionId": {"Fn::GetAtt": ["M", "StateMachineRevisionId"]},
    }
    alias = {
        "Name": "live",
        "DeploymentPreference": {"StateMachineVersionArn": {"Ref": "V"}, "Type": preference},
    }
    return {
        **inline(word),
        "V": {
            "Type": "AWS::StepFunctions::StateMachineVersion",
            "UpdateReplacePolicy": "Retain",
            "DeletionPolicy": "Retain",
            "Properties": version,
        },
        "A": {"Type": "AWS::StepFunctions::StateMachineAlias", "Properties": alias},
    }


def test_a_changed_definition_is_published_and_the_alias_moves(stacks: Any, client: Any) -> None:
    stacks.create("published", published("one"))
    sfn, alias = client("stepfunctions"), stacks.physical_id("published", "A")

    def routed_to() -> str:
        routes = sfn.describe_state_machine_alias(stateMachineAliasArn=alias)
        (route,) = routes["routingConfiguration"]
        return str(route["stateMachineVersionArn"])

    first = stacks.physical_id("published", "V")
    assert routed_to() == first
    stacks.update("published", published("two"))
    second = stacks.physical_id("published", "V")
    assert routed_to() == second
    assert (word_of(client, first), word_of(client, second)) == ("one", "two")
    assert stacks.delete("published") == "DELETE_COMPLETE"


def test_gradual_deployments_are_refused_by_name(stacks: Any) -> None:
    stacks.create("gradual", published("one", preference="CANARY"))
    assert "supports DeploymentPreference ALL_AT_ONCE" in stacks.failures("gradual")


def schedule(**properties: Any) -> dict[str, Any]:
    merged = {
        "ScheduleExpression": "cron(0 2 * * ? *)",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {
            "Arn": {"Fn::GetAtt": ["Q", "Arn"]},
            "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
            "RetryPolicy": {"MaximumRetryAttempts": "3"},
        },
        **properties,
    }
    return {
        "Role": role("scheduler"),
        "Q": {"Type": "AWS::SQS::Queue"},
        "S": {"Type": "AWS::Scheduler::Schedule", "Properties": merged},
    }


def test_a_schedule_follows_its_template(stacks: Any, client: Any, is_gone: Any) -> None:
    stacks.create("scheduled", schedule(ScheduleExpressionTimezone="Europe/Berlin"))
    scheduler, name = client("scheduler"), stacks.physical_id("scheduled", "S")
    found = scheduler.get_schedule(Name=name)
    assert found["ScheduleExpressionTimezone"] == "Europe/Berlin"
    assert found["Target"]["RetryPolicy"]["MaximumRetryAttempts"] == 3
    stacks.update("scheduled", schedule(State="DISABLED"))
    found = scheduler.get_schedule(Name=name)
    assert (found["State"], found["ScheduleExpressionTimezone"]) == ("DISABLED", "UTC")
    assert stacks.delete("scheduled") == "DELETE_COMPLETE"
    assert is_gone(lambda: scheduler.get_schedule(Name=name))


def test_a_schedule_lies_in_its_group(stacks: Any, client: Any, is_gone: Any) -> None:
    group = {"Type": "AWS::Scheduler::ScheduleGroup", "Properties": {"Name": "nights"}}
    arn = {"Arn": {"Value": {"Fn::GetAtt": ["S", "Arn"]}}}
    grouped = {**schedule(GroupName={"Ref": "G"}), "G": group}
    stacks.create("grouped", grouped, Outputs=arn)
    scheduler, name = client("scheduler"), stacks.physical_id("grouped", "S")
    found = scheduler.get_schedule(Name=name, GroupName="nights")
    assert found["Arn"] == stacks.outputs("grouped")["Arn"]
    assert stacks.delete("grouped") == "DELETE_COMPLETE"
    assert is_gone(lambda: scheduler.get_schedule_group(Name="nights"))


def test_a_model_package_group_follows_its_template(stacks: Any, client: Any) -> None:
    def group(**properties: Any) -> dict[str, Any]:
        merged = {"ModelPackageGroupName": "fraud", **properties}
        return {"G": {"Type": "AWS::SageMaker::ModelPackageGroup", "Properties": merged}}

    stacks.create("registry", group(Tags=[{"Key": "a", "Value": "1"}]))
    sagemaker, arn = client("sagemaker"), stacks.physical_id("registry", "G")
    named = {"ModelPackageGroupName": "fraud"}
    assert sagemaker.describe_model_package_group(**named)["ModelPackageGroupArn"] == arn
    stacks.update("registry", group(Tags=[{"Key": "b", "Value": "2"}]))
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "b", "Value": "2"}]
    assert stacks.delete("registry") == "DELETE_COMPLETE"
    with pytest.raises(sagemaker.exceptions.ClientError, match="does not exist"):
        sagemaker.describe_model_package_group(**named)
