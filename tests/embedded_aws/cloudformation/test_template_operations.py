"""GetTemplate, GetTemplateSummary, ValidateTemplate, and templates that lie in S3."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

QUEUE = {"Type": "AWS::SQS::Queue"}
FUNCTION = """
Transform: AWS::Serverless-2016-10-31
Description: A function
Parameters:
  Env: {Type: String, Default: dev, AllowedValues: [dev, prod], Description: where}
  Secret: {Type: String, NoEcho: true, Default: hush}
Metadata: {Owner: me}
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties: {InlineCode: "def f(e, c): ...", Handler: index.f, Runtime: python3.13}
  Role: {Type: AWS::IAM::Role}
"""


def reviewed(cloudformation: Any, name: str) -> None:
    cloudformation.create_change_set(
        StackName=name,
        ChangeSetName="c",
        ChangeSetType="CREATE",
        TemplateBody=FUNCTION.replace("  Role: {Type: AWS::IAM::Role}\n", ""),
        Capabilities=["CAPABILITY_IAM"],
    )


def test_the_original_template_comes_back_as_it_was_given(stacks: Any) -> None:
    body = f"# a comment\nResources: {{Q: {json.dumps(QUEUE)}}}\n"
    stacks.cloudformation.create_stack(StackName="original", TemplateBody=body)
    stacks.described("original")
    assert stacks.cloudformation.get_template(StackName="original")["TemplateBody"] == body


def test_the_processed_template_has_its_transforms_behind_it(stacks: Any) -> None:
    reviewed(stacks.cloudformation, "processed")
    found = stacks.cloudformation.get_template(
        StackName="processed", ChangeSetName="c", TemplateStage="Processed"
    )
    types = {body["Type"] for body in found["TemplateBody"]["Resources"].values()}
    assert types == {"AWS::Lambda::Function", "AWS::IAM::Role"}


def test_a_stack_under_review_has_no_template_yet(stacks: Any) -> None:
    """Sam then asks for the template of the change set."""
    reviewed(stacks.cloudformation, "bare")
    assert "TemplateBody" not in stacks.cloudformation.get_template(StackName="bare")


def test_a_summary_tells_what_a_template_needs(stacks: Any) -> None:
    summary = stacks.cloudformation.get_template_summary(TemplateBody=FUNCTION)
    assert summary["Parameters"] == [
        {
            "ParameterKey": "Env",
            "DefaultValue": "dev",
            "ParameterType": "String",
            "NoEcho": False,
            "Description": "where",
            "ParameterConstraints": {"AllowedValues": ["dev", "prod"]},
        },
        {
            "ParameterKey": "Secret",
            "DefaultValue": "****",
            "ParameterType": "String",
            "NoEcho": True,
            "ParameterConstraints": {},
        },
    ]
    assert summary["Description"] == "A function"
    assert summary["Capabilities"] == ["CAPABILITY_IAM"]
    assert "AWS::IAM::Role" in summary["CapabilitiesReason"]
    assert summary["ResourceTypes"] == ["AWS::IAM::Role", "AWS::Serverless::Function"]
    assert summary["DeclaredTransforms"] == ["AWS::Serverless-2016-10-31"]
    assert json.loads(summary["Metadata"]) == {"Owner": "me"}


def test_a_stack_can_be_summarised_by_name(stacks: Any) -> None:
    stacks.create("summarised", {"Q": QUEUE}, Declared={"P": {"Type": "String", "Default": "x"}})
    summary = stacks.cloudformation.get_template_summary(StackName="summarised")
    assert [item["ParameterKey"] for item in summary["Parameters"]] == ["P"]


def test_a_valid_template_validates(stacks: Any) -> None:
    found = stacks.cloudformation.validate_template(TemplateBody=FUNCTION)
    assert [item["ParameterKey"] for item in found["Parameters"]] == ["Env", "Secret"]
    assert found["Capabilities"] == ["CAPABILITY_IAM"]


def test_an_invalid_template_does_not_validate(stacks: Any) -> None:
    with pytest.raises(ClientError, match="YAML not well-formed"):
        stacks.cloudformation.validate_template(TemplateBody="Resources: [")


@pytest.fixture(scope="module")
def versions(client: Callable[[str], Any]) -> list[str]:
    """Two versions of one template in S3; the first has a queue named A, the second B."""
    s3 = client("s3")
    s3.create_bucket(Bucket="templates")
    s3.put_bucket_versioning(Bucket="templates", VersioningConfiguration={"Status": "Enabled"})
    bodies = [json.dumps({"Resources": {name: QUEUE}}) for name in "AB"]
    return [
        s3.put_object(Bucket="templates", Key="a b/t.json", Body=body)["VersionId"]
        for body in bodies
    ]


@pytest.mark.parametrize(
    "url",
    [
        "{endpoint}/templates/a%20b/t.json",
        "https://s3.us-east-1.amazonaws.com/templates/a%20b/t.json",
        "https://templates.s3.amazonaws.com/a%20b/t.json",
        "https://templates.s3.us-east-1.amazonaws.com/a%20b/t.json",
    ],
)
def test_a_template_can_lie_in_s3(stacks: Any, versions: list[str], aws: Any, url: str) -> None:
    assert len(versions) == 2
    template_url = url.format(endpoint=aws.url)
    found = stacks.cloudformation.get_template_summary(TemplateURL=template_url)
    assert found["ResourceTypes"] == ["AWS::SQS::Queue"]


def test_a_template_url_may_name_a_version(stacks: Any, versions: list[str], aws: Any) -> None:
    url = f"{aws.url}/templates/a%20b/t.json?versionId={versions[0]}"
    stacks.cloudformation.create_stack(StackName="versioned", TemplateURL=url)
    stacks.described("versioned")
    assert stacks.physical_id("versioned", "A")


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("https://s3.amazonaws.com/templates/missing", "S3 error: The specified key does not"),
        ("https://s3.amazonaws.com/templates", "must be a supported URL"),
    ],
)
@pytest.mark.usefixtures("versions")
def test_a_template_that_s3_does_not_have_is_refused(stacks: Any, url: str, complaint: str) -> None:
    with pytest.raises(ClientError) as refused:
        stacks.cloudformation.validate_template(TemplateURL=url)
    assert complaint in str(refused.value)


def test_a_request_without_template_is_refused(stacks: Any) -> None:
    with pytest.raises(ClientError, match="Either Template URL or Template Body"):
        stacks.cloudformation.create_stack(StackName="empty")
