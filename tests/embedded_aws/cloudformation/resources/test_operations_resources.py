"""AWS::Logs, AWS::CloudWatch, AWS::KMS and AWS::SSM resources."""

from __future__ import annotations

import json
from typing import Any


def one(kind: str, **properties: Any) -> dict[str, Any]:
    return {"X": {"Type": kind, "Properties": properties}}


def tag_list(**tags: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def log_group(client: Any, name: str) -> Any:
    (found,) = client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return found


def test_a_log_group_has_its_retention_and_tags(stacks: Any, client: Any) -> None:
    kind = "AWS::Logs::LogGroup"
    arn = {"Arn": {"Value": {"Fn::GetAtt": ["X", "Arn"]}}}
    group = one(kind, RetentionInDays=14, Tags=tag_list(a="1"))
    stacks.create("logged", group, Outputs=arn)
    name = stacks.physical_id("logged", "X")
    assert log_group(client, name)["retentionInDays"] == 14
    assert stacks.outputs("logged")["Arn"].endswith(f":log-group:{name}:*")
    stacks.update("logged", one(kind, RetentionInDays=30, Tags=tag_list(b="2")), Outputs=arn)
    assert log_group(client, name)["retentionInDays"] == 30
    group_arn = stacks.outputs("logged")["Arn"].removesuffix(":*")
    assert client("logs").list_tags_for_resource(resourceArn=group_arn)["tags"] == {"b": "2"}
    stacks.update("logged", one(kind))
    assert "retentionInDays" not in log_group(client, name)
    stacks.delete("logged")
    assert client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"] == []


def test_a_log_group_that_exists_is_not_taken_over(stacks: Any, client: Any) -> None:
    client("logs").create_log_group(logGroupName="mine")
    stacks.create("greedy", one("AWS::Logs::LogGroup", LogGroupName="mine"))
    assert "already exists" in stacks.failures("greedy")


def alarm(threshold: int, **more: Any) -> dict[str, Any]:
    return one(
        "AWS::CloudWatch::Alarm",
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        MetricName="ExecutionsFailed",
        Namespace="AWS/States",
        Period=300,
        Statistic="Sum",
        Threshold=threshold,
        **more,
    )


def test_an_alarm_follows_its_template(stacks: Any, client: Any) -> None:
    stacks.create("alarmed", alarm(1, TreatMissingData="notBreaching"))
    name = stacks.physical_id("alarmed", "X")
    stacks.update("alarmed", alarm(2))
    cloudwatch = client("cloudwatch")
    (found,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    assert (found["Threshold"], found["MetricName"]) == (2.0, "ExecutionsFailed")
    stacks.delete("alarmed")
    assert cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"] == []


def test_an_alarm_that_exists_is_not_taken_over(stacks: Any) -> None:
    stacks.create("first-alarm", alarm(1, AlarmName="one"))
    stacks.create("second-alarm", alarm(1, AlarmName="one"))
    assert "with identifier 'one' already exists" in stacks.failures("second-alarm")


def key(**properties: Any) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}},
        "Action": "kms:*",
        "Resource": "*",
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    return {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": policy, **properties}}


def test_a_key_and_its_alias_follow_the_template(stacks: Any, client: Any) -> None:
    def resources(target: str, **properties: Any) -> dict[str, Any]:
        name = {"AliasName": "alias/nightly", "TargetKeyId": {"Ref": target}}
        return {
            "K": key(**properties),
            "L": key(),
            "A": {"Type": "AWS::KMS::Alias", "Properties": name},
        }

    stacks.create("keys", resources("K", EnableKeyRotation=True, Description="old"))
    kms = client("kms")
    first, second = (stacks.physical_id("keys", name) for name in "KL")
    assert kms.get_key_rotation_status(KeyId=first)["KeyRotationEnabled"] is True
    assert kms.describe_key(KeyId="alias/nightly")["KeyMetadata"]["KeyId"] == first
    stacks.update("keys", resources("L", Enabled=False, Description="new"))
    assert kms.describe_key(KeyId="alias/nightly")["KeyMetadata"]["KeyId"] == second
    found = kms.describe_key(KeyId=first)["KeyMetadata"]
    assert (found["Description"], found["Enabled"]) == ("new", False)
    unguarded = resources("L")
    del unguarded["K"]["Properties"]["KeyPolicy"]
    stacks.update("keys", unguarded)
    policy = kms.get_key_policy(KeyId=first, PolicyName="default")["Policy"]
    assert json.loads(policy)["Id"] == "key-default-1"
    stacks.delete("keys")
    assert kms.describe_key(KeyId=first)["KeyMetadata"]["KeyState"] == "PendingDeletion"


def test_a_parameter_follows_its_template(stacks: Any, client: Any, is_gone: Any) -> None:
    kind = "AWS::SSM::Parameter"
    stacks.create("parameter", one(kind, Type="String", Value="a", Tags={"k": "1"}))
    ssm, name = client("ssm"), stacks.physical_id("parameter", "X")
    stacks.update("parameter", one(kind, Type="String", Value="b", Tags={"l": "2"}))
    assert ssm.get_parameter(Name=name)["Parameter"]["Value"] == "b"
    tags = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)["TagList"]
    assert tags == [{"Key": "l", "Value": "2"}]
    stacks.delete("parameter")
    assert is_gone(lambda: ssm.get_parameter(Name=name))
