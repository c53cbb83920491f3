"""AWS::Lambda resources."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "lambda.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                }
            ],
        }
    },
}


def function(source: str = "old", **properties: Any) -> dict[str, Any]:
    code = f"def handler(event, context):\n    return '{source}'\n"
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Code": {"ZipFile": code},
            "Handler": "index.handler",
            "Runtime": "python3.13",
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            **properties,
        },
    }


def version() -> dict[str, Any]:
    return {
        "Type": "AWS::Lambda::Version",
        "DeletionPolicy": "Retain",
        "Properties": {"FunctionName": {"Ref": "F"}},
    }


def alias(logical_id: str) -> dict[str, Any]:
    return {
        "Type": "AWS::Lambda::Alias",
        "Properties": {
            "FunctionName": {"Ref": "F"},
            "FunctionVersion": {"Fn::GetAtt": [logical_id, "Version"]},
            "Name": "live",
        },
    }


def said(client: Any, name: str, **qualifier: str) -> Any:
    answer = client("lambda").invoke(FunctionName=name, **qualifier)
    return json.load(answer["Payload"])


def test_a_function_runs_its_inline_source(stacks: Any, client: Any, is_gone: Any) -> None:
    stacks.create("inline", {"Role": ROLE, "F": function("hello")})
    name = stacks.physical_id("inline", "F")
    assert said(client, name) == "hello"
    assert stacks.delete("inline") == "DELETE_COMPLETE"
    assert is_gone(lambda: client("lambda").get_function(FunctionName=name))


def test_configuration_and_code_change_in_place(stacks: Any, client: Any) -> None:
    before = function(
        "old",
        Timeout=9,
        Architectures=["arm64"],
        LoggingConfig={"LogGroup": "/elsewhere"},
        Environment={"Variables": {"ENV": "dev"}},
        Tags=[{"Key": "a", "Value": "1"}],
    )
    stacks.create("changed", {"Role": ROLE, "F": before})
    name = stacks.physical_id("changed", "F")
    stacks.update("changed", {"Role": ROLE, "F": function("new", MemorySize=256)})
    assert stacks.physical_id("changed", "F") == name
    found = client("lambda").get_function(FunctionName=name)
    assert (found["Configuration"]["MemorySize"], found["Configuration"]["Timeout"]) == (256, 3)
    assert found["Configuration"].get("Environment", {}).get("Variables", {}) == {}
    assert found["Configuration"]["LoggingConfig"]["LogGroup"] == f"/aws/lambda/{name}"
    assert found["Configuration"]["Architectures"] == ["x86_64"]
    assert found.get("Tags", {}) == {}
    assert said(client, name) == "new"


def test_code_comes_from_s3(stacks: Any, client: Any) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("index.py", "def handler(event, context):\n    return 'stored'\n")
    client("s3").create_bucket(Bucket="code")
    client("s3").put_object(Bucket="code", Key="f.zip", Body=archive.getvalue())
    stored = function(Code={"S3Bucket": "code", "S3Key": "f.zip"})
    stacks.create("stored", {"Role": ROLE, "F": stored})
    assert said(client, stacks.physical_id("stored", "F")) == "stored"


def test_container_images_are_refused_by_name(stacks: Any) -> None:
    image = function(Code={"ImageUri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/a:b"})
    stacks.create("image", {"Role": ROLE, "F": image})
    assert "does not support Code with ['ImageUri']" in stacks.failures("image")


def test_an_alias_moves_to_the_new_version_and_the_old_one_is_kept(
    stacks: Any, client: Any
) -> None:
    stacks.create("moved", {"Role": ROLE, "F": function("1"), "V1": version(), "A": alias("V1")})
    name = stacks.physical_id("moved", "F")
    assert said(client, name, Qualifier="live") == "1"
    stacks.update("moved", {"Role": ROLE, "F": function("2"), "V2": version(), "A": alias("V2")})
    assert said(client, name, Qualifier="live") == "2"
    assert said(client, name, Qualifier="1") == "1"


def test_a_version_of_an_unchanged_function_is_refused(stacks: Any) -> None:
    stacks.create("idle", {"Role": ROLE, "F": function(), "V1": version()})
    again = {"Role": ROLE, "F": function(), "V1": version(), "V2": version()}
    assert stacks.update("idle", again)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert "A version for this Lambda function exists ( 1 )" in stacks.failures("idle")


@pytest.mark.parametrize("target", [{"Ref": "F"}, {"Ref": "A"}])
def test_a_permission_is_a_statement_of_the_functions_policy(
    stacks: Any, client: Any, target: dict[str, str], is_gone: Any
) -> None:
    """``Ref`` of an alias is an ARN with a qualifier."""
    name = f"permitted-{target['Ref']}"
    permission = {
        "Type": "AWS::Lambda::Permission",
        "Properties": {
            "FunctionName": target,
            "Action": "lambda:InvokeFunction",
            "Principal": "events.amazonaws.com",
            "SourceArn": "arn:aws:events:us-east-1:123456789012:rule/r",
        },
    }
    rest = {"Role": ROLE, "F": function(), "V": version(), "A": alias("V")}
    stacks.create(name, {**rest, "P": permission})
    qualifier = {"Qualifier": "live"} if target["Ref"] == "A" else {}
    client_, function_name = client("lambda"), stacks.physical_id(name, "F")
    found = client_.get_policy(FunctionName=function_name, **qualifier)
    (statement,) = json.loads(found["Policy"])["Statement"]
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    stacks.update(name, rest)
    assert is_gone(lambda: client_.get_policy(FunctionName=function_name, **qualifier))


def test_retries_of_asynchronous_invocations_follow_the_template(
    stacks: Any, client: Any, is_gone: Any
) -> None:
    def resources(retries: int) -> dict[str, Any]:
        config = {
            "FunctionName": {"Ref": "F"},
            "Qualifier": "$LATEST",
            "MaximumRetryAttempts": retries,
        }
        return {
            "Role": ROLE,
            "F": function(),
            "E": {"Type": "AWS::Lambda::EventInvokeConfig", "Properties": config},
        }

    stacks.create("retried", resources(2))
    stacks.update("retried", resources(0))
    named = {"FunctionName": stacks.physical_id("retried", "F"), "Qualifier": "$LATEST"}
    found = client("lambda").get_function_event_invoke_config(**named)
    assert found["MaximumRetryAttempts"] == 0
    stacks.update("retried", {name: resources(0)[name] for name in ("Role", "F")})
    assert is_gone(lambda: client("lambda").get_function_event_invoke_config(**named))


def test_a_changed_layer_is_a_new_version_of_it(stacks: Any, client: Any, is_gone: Any) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("python/shared.py", "WORD = 'layered'\n")
    client("s3").create_bucket(Bucket="layers")
    client("s3").put_object(Bucket="layers", Key="l.zip", Body=archive.getvalue())
    source = "from shared import WORD\ndef handler(event, context):\n    return WORD\n"

    def resources(description: str) -> dict[str, Any]:
        layer = {
            "LayerName": "shared",
            "Description": description,
            "Content": {"S3Bucket": "layers", "S3Key": "l.zip"},
        }
        return {
            "Role": ROLE,
            "L": {"Type": "AWS::Lambda::LayerVersion", "Properties": layer},
            "F": function(Code={"ZipFile": source}, Layers=[{"Ref": "L"}]),
        }

    stacks.create("layered", resources("one"))
    assert said(client, stacks.physical_id("layered", "F")) == "layered"
    first = stacks.physical_id("layered", "L")
    stacks.update("layered", resources("two"))
    second = stacks.physical_id("layered", "L")
    assert (first.rsplit(":", 1)[1], second.rsplit(":", 1)[1]) == ("1", "2")
    assert is_gone(lambda: client("lambda").get_layer_version_by_arn(Arn=first))
    assert said(client, stacks.physical_id("layered", "F")) == "layered"


def test_a_queue_is_read_for_a_function(stacks: Any, client: Any) -> None:
    role = json.loads(json.dumps(ROLE))
    read = {
        "Effect": "Allow",
        "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
        "Resource": "*",
    }
    policy = {"Version": "2012-10-17", "Statement": [read]}
    role["Properties"]["Policies"] = [{"PolicyName": "read", "PolicyDocument": policy}]

    def resources(**properties: Any) -> dict[str, Any]:
        mapping = {
            "EventSourceArn": {"Fn::GetAtt": ["Q", "Arn"]},
            "FunctionName": {"Ref": "F"},
            **properties,
        }
        return {
            "Role": role,
            "F": function(),
            "Q": {"Type": "AWS::SQS::Queue"},
            "M": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": mapping},
        }

    stacks.create("reading", resources(BatchSize=5))
    uuid = stacks.physical_id("reading", "M")
    awslambda = client("lambda")
    assert awslambda.get_event_source_mapping(UUID=uuid)["BatchSize"] == 5
    stacks.update("reading", resources(Enabled=False))
    changed = awslambda.get_event_source_mapping(UUID=uuid)
    assert (changed["BatchSize"], changed["State"]) == (10, "Disabled")
    stacks.update("reading", {name: resources()[name] for name in ("Role", "F", "Q")})
    assert awslambda.list_event_source_mappings()["EventSourceMappings"] == []
