"""Code and templates are read from S3 in the name of whoever asks for what is made of them."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.embedded_aws.iam.statements import Statement, allow, trusting

Make = Callable[..., Any]
FUNCTIONS = allow("lambda:*", "iam:PassRole")
STACKS = allow("cloudformation:*", "sqs:*")
READING = allow("s3:GetObject", resource="arn:aws:s3:::sources/*")
CODE = {"S3Bucket": "sources", "S3Key": "app.zip"}
TEMPLATE_URL = "https://s3.amazonaws.com/sources/template.json"
TEMPLATE = {"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}


@pytest.fixture(scope="module", autouse=True)
def _sources(client: Make) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("app.py", "handler = len")
    client("s3").create_bucket(Bucket="sources")
    client("s3").put_object(Bucket="sources", Key="app.zip", Body=archive.getvalue())
    client("s3").put_object(Bucket="sources", Key="template.json", Body=json.dumps(TEMPLATE))


@pytest.fixture(scope="module")
def function_role(role: Make) -> str:
    return str(role(trust=trusting({"Service": "lambda.amazonaws.com"})))


@pytest.fixture(scope="module")
def existing(client: Make, function_role: str) -> str:
    client("lambda").create_function(**_function("existing", function_role))
    return "existing"


@pytest.fixture
def ask(signed: Make, user: Make, function_role: str, existing: str) -> Callable[..., Any]:
    """Ask for something in S3 as a user who may do it, and who may read S3 or not."""

    def ask(what: str, *more: Statement) -> Any:
        keys, name = user(FUNCTIONS, STACKS, *more), f"asked-{uuid.uuid4().hex[:8]}"
        lambdas, stacks = signed("lambda", keys), signed("cloudformation", keys)
        match what:
            case "create a function":
                return lambdas.create_function(**_function(name, function_role))
            case "update a function":
                return lambdas.update_function_code(FunctionName=existing, **CODE)
            case "publish a layer":
                return lambdas.publish_layer_version(LayerName=name, Content=CODE)
            case "create a stack":
                return stacks.create_stack(StackName=name, TemplateURL=TEMPLATE_URL)
            case "propose a change":
                return stacks.create_change_set(
                    StackName=name,
                    ChangeSetName="first",
                    ChangeSetType="CREATE",
                    TemplateURL=TEMPLATE_URL,
                )
            case _:
                return stacks.validate_template(TemplateURL=TEMPLATE_URL)

    return ask


def _function(name: str, role_arn: str) -> dict[str, Any]:
    return {
        "FunctionName": name,
        "Role": role_arn,
        "Runtime": "python3.11",
        "Handler": "app.handler",
        "Code": CODE,
    }


OF_CODE = ("create a function", "update a function", "publish a layer")
OF_TEMPLATES = ("create a stack", "propose a change", "validate a template")


@pytest.mark.parametrize("what", OF_CODE)
def test_code_that_the_caller_may_not_read_is_refused(ask: Make, what: str) -> None:
    with pytest.raises(ClientError, match="permission to GetObject for sources/app") as refused:
        ask(what)
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
    assert "S3 Error Code: AccessDenied" in str(refused.value)


@pytest.mark.parametrize("what", OF_TEMPLATES)
def test_a_template_that_the_caller_may_not_read_is_refused(ask: Make, what: str) -> None:
    with pytest.raises(ClientError, match=r"S3 error: .*s3:GetObject") as refused:
        ask(what)
    assert refused.value.response["Error"]["Code"] == "ValidationError"


@pytest.mark.parametrize("what", [*OF_CODE, *OF_TEMPLATES])
def test_what_the_caller_may_read_is_used(ask: Make, what: str) -> None:
    assert ask(what, READING)["ResponseMetadata"]["HTTPStatusCode"] in {200, 201}
