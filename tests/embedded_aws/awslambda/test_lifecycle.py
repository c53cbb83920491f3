from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

Make = Callable[..., Any]
Zip = Callable[[dict[str, str]], bytes]


def error(refused: pytest.ExceptionInfo[ClientError]) -> str:
    return str(refused.value.response["Error"]["Code"])


def test_what_a_request_leaves_out_is_shown_with_awss_defaults(
    function: Make, client: Make
) -> None:
    name = function(Timeout=3)
    found = client("lambda").get_function_configuration(FunctionName=name)
    assert found["MemorySize"] == 128
    assert found["Architectures"] == ["x86_64"]
    assert found["EphemeralStorage"] == {"Size": 512}
    assert found["TracingConfig"] == {"Mode": "PassThrough"}
    assert found["LoggingConfig"] == {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{name}"}
    assert found["PackageType"] == "Zip"
    assert found["Version"] == "$LATEST"


def test_what_is_given_is_shown_as_given(function: Make, client: Make) -> None:
    given = {
        "Description": "says hello",
        "Timeout": 17,
        "MemorySize": 512,
        "Architectures": ["arm64"],
        "Environment": {"Variables": {"COLOUR": "red"}},
        "TracingConfig": {"Mode": "Active"},
        "EphemeralStorage": {"Size": 1024},
        "LoggingConfig": {"LogFormat": "JSON", "LogGroup": "/nights"},
        "DeadLetterConfig": {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:dlq"},
    }
    name = function(**given)
    found = client("lambda").get_function_configuration(FunctionName=name)
    assert {key: found[key] for key in given} == given


def test_the_digest_is_that_of_the_archive(function: Make, client: Make, zipped: Zip) -> None:
    content = zipped({"app.py": "handler = len"})
    name = function(Code={"ZipFile": content})
    found = client("lambda").get_function_configuration(FunctionName=name)
    assert found["CodeSha256"] == base64.b64encode(hashlib.sha256(content).digest()).decode()
    assert found["CodeSize"] == len(content)


def test_code_comes_from_s3_in_the_version_that_is_named(
    function: Make, client: Make, invoke: Make, zipped: Zip
) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="code")
    s3.put_bucket_versioning(Bucket="code", VersioningConfiguration={"Status": "Enabled"})
    versions = [
        s3.put_object(
            Bucket="code", Key="app.zip", Body=zipped({"app.py": f"handler = lambda *_: {number}"})
        )["VersionId"]
        for number in (1, 2)
    ]
    code = {"S3Bucket": "code", "S3Key": "app.zip"}
    assert invoke(function(Code=code)).value == 2
    assert invoke(function(Code={**code, "S3ObjectVersion": versions[0]})).value == 1


def test_a_missing_archive_is_named_with_s3s_own_error(function: Make, client: Make) -> None:
    client("s3").create_bucket(Bucket="empty")
    with pytest.raises(ClientError, match="S3 Error Code: NoSuchKey") as refused:
        function(Code={"S3Bucket": "empty", "S3Key": "app.zip"})
    assert error(refused) == "InvalidParameterValueException"


def test_a_new_function_is_active_for_the_waiters(function: Make, client: Make) -> None:
    name = function()
    for waiter in ("function_active_v2", "function_updated_v2", "function_exists"):
        client("lambda").get_waiter(waiter).wait(FunctionName=name, WaiterConfig={"MaxAttempts": 1})


def test_a_taken_name_is_a_conflict(function: Make) -> None:
    name = function()
    with pytest.raises(ClientError, match=f"Function already exist: {name}") as refused:
        function(FunctionName=name)
    assert error(refused) == "ResourceConflictException"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"Role": "arn:aws:iam::123456789012:role/none"}, "cannot be assumed by Lambda"),
        ({"Code": {"ZipFile": b"no zip"}}, "Could not unzip uploaded file"),
        ({"Code": {}}, "Please provide a source for function code"),
        ({"Timeout": 901}, "less than or equal to 900"),
        ({"LoggingConfig": {"ApplicationLogLevel": "INFO"}}, "need the JSON log format"),
        ({"MemorySize": 10_241}, "less than or equal to 10240"),
        ({"Environment": {"Variables": {"AWS_REGION": "x"}}}, "request: AWS_REGION"),
        ({"Environment": {"Variables": {"LONG": "x" * 4096}}}, "exceeded the 4KB limit"),
        (
            {"Layers": ["arn:aws:lambda:us-east-1:123456789012:layer:none:1"]},
            "Layer version .* does not exist",
        ),
    ],
)
def test_what_lambda_itself_checks_is_an_invalid_parameter_value(
    options: dict[str, Any], message: str, function: Make
) -> None:
    with pytest.raises(ClientError, match=message) as refused:
        function(**options)
    assert error(refused) == "InvalidParameterValueException"


def test_a_role_for_another_service_is_refused(function: Make, client: Make) -> None:
    policy = (
        '{"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",'
        ' "Principal": {"Service": "states.amazonaws.com"}}]}'
    )
    made = client("iam").create_role(RoleName="states", AssumeRolePolicyDocument=policy)
    with pytest.raises(ClientError, match="cannot be assumed by Lambda"):
        function(Role=made["Role"]["Arn"])


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"Runtime": "nodejs22.x"}, "runtime nodejs22.x"),
        ({"PackageType": "Image", "Code": {"ImageUri": "a/b:c"}}, "container images"),
        ({"SnapStart": {"ApplyOn": "PublishedVersions"}}, "SnapStart"),
        ({"VpcConfig": {"SubnetIds": ["subnet-1"]}}, "VpcConfig"),
        ({"KMSKeyArn": "arn:aws:kms:us-east-1:123456789012:key/k"}, "KMSKeyArn"),
    ],
)
def test_what_is_not_supported_is_refused_by_name(
    options: dict[str, Any], named: str, function: Make
) -> None:
    with pytest.raises(ClientError, match=f"does not support .*{named}") as refused:
        function(**options)
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_new_code_runs_from_the_next_event_on(
    function: Make, client: Make, invoke: Make, zipped: Zip
) -> None:
    name = function("def handler(event, context): return 'old'")
    assert invoke(name).value == "old"
    client("lambda").update_function_code(
        FunctionName=name, ZipFile=zipped({"app.py": "def handler(event, context): return 'new'"})
    )
    assert invoke(name).value == "new"


def test_new_settings_take_effect_and_the_others_stay(
    function: Make, client: Make, invoke: Make
) -> None:
    source = "import os\ndef handler(event, context): return os.environ['COLOUR']"
    name = function(source, MemorySize=256, Environment={"Variables": {"COLOUR": "red"}})
    assert invoke(name).value == "red"
    updated = client("lambda").update_function_configuration(
        FunctionName=name, Environment={"Variables": {"COLOUR": "blue"}}
    )
    assert invoke(name).value == "blue"
    assert updated["MemorySize"] == 256


def test_every_change_has_a_new_revision(function: Make, client: Make) -> None:
    name = function()
    before = client("lambda").get_function_configuration(FunctionName=name)["RevisionId"]
    after = client("lambda").update_function_configuration(FunctionName=name, Timeout=9)
    assert after["RevisionId"] != before


@pytest.mark.parametrize("operation", ["update_function_configuration", "publish_version"])
def test_a_stale_revision_is_refused(operation: str, function: Make, client: Make) -> None:
    name = function()
    with pytest.raises(ClientError, match="does not match the latest Revision Id") as refused:
        getattr(client("lambda"), operation)(FunctionName=name, RevisionId="stale")
    assert error(refused) == "PreconditionFailedException"


def test_a_dry_run_changes_nothing(function: Make, client: Make, zipped: Zip) -> None:
    name = function()
    before = client("lambda").get_function_configuration(FunctionName=name)["CodeSha256"]
    client("lambda").update_function_code(
        FunctionName=name, ZipFile=zipped({"app.py": ""}), DryRun=True
    )
    after = client("lambda").get_function_configuration(FunctionName=name)["CodeSha256"]
    assert after == before


def test_versions_count_up_when_something_changed(function: Make, client: Make) -> None:
    lambda_ = client("lambda")
    name = function(Publish=True)
    assert lambda_.publish_version(FunctionName=name)["Version"] == "1"
    lambda_.update_function_configuration(FunctionName=name, Timeout=9)
    assert lambda_.publish_version(FunctionName=name, Description="2nd")["Version"] == "2"
    listed = lambda_.list_versions_by_function(FunctionName=name)["Versions"]
    assert [entry["Version"] for entry in listed] == ["$LATEST", "1", "2"]
    assert [entry["Timeout"] for entry in listed] == [9, 60, 9]
    assert listed[2]["Description"] == "2nd"


def test_publishing_other_code_than_expected_is_refused(function: Make, client: Make) -> None:
    name = function()
    with pytest.raises(ClientError, match="is different from current CodeSHA256"):
        client("lambda").publish_version(FunctionName=name, CodeSha256="other")


def test_a_deleted_function_is_gone_with_its_versions(function: Make, client: Make) -> None:
    name = function(Publish=True)
    client("lambda").delete_function(FunctionName=name)
    for qualifier in ({}, {"Qualifier": "1"}):
        with pytest.raises(ClientError, match="Function not found") as refused:
            client("lambda").get_function(FunctionName=name, **qualifier)
        assert error(refused) == "ResourceNotFoundException"


def test_version_numbers_go_on_after_a_function_was_deleted(function: Make, client: Make) -> None:
    name = function(Publish=True)
    client("lambda").delete_function(FunctionName=name)
    function(FunctionName=name)
    assert client("lambda").publish_version(FunctionName=name)["Version"] == "2"


def test_a_version_that_an_alias_names_cannot_be_deleted(function: Make, client: Make) -> None:
    name = function(Publish=True)
    client("lambda").create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    with pytest.raises(ClientError, match=r"aliases reference it: \[live\]") as refused:
        client("lambda").delete_function(FunctionName=name, Qualifier="1")
    assert error(refused) == "ResourceConflictException"


def test_a_single_version_can_be_deleted(function: Make, client: Make) -> None:
    name = function(Publish=True)
    client("lambda").delete_function(FunctionName=name, Qualifier="1")
    listed = client("lambda").list_versions_by_function(FunctionName=name)["Versions"]
    assert [entry["Version"] for entry in listed] == ["$LATEST"]


def test_latest_alone_cannot_be_deleted(function: Make, client: Make) -> None:
    name = function()
    with pytest.raises(ClientError, match="cannot be deleted without deleting the function"):
        client("lambda").delete_function(FunctionName=name, Qualifier="$LATEST")
