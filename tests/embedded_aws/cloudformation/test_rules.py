"""CloudFormation user guide, "CloudFormation template Rules syntax"."""

from __future__ import annotations

from typing import Any

import pytest

from embedded_aws.cloudformation.blueprint import compile_template
from embedded_aws.cloudformation.errors import TemplateError
from embedded_aws.cloudformation.template import Document

IS_PROD = {"Fn::Equals": [{"Ref": "Env"}, "prod"]}
HAS_KEY = {"Fn::Not": [{"Fn::Equals": [{"Ref": "Key"}, ""]}]}
ASSERTION = {"Assert": HAS_KEY, "AssertDescription": "prod needs a key"}


def template(**rule: Any) -> Document:
    return {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}, "Rules": {"KeyInProd": rule}}


@pytest.mark.parametrize(
    ("environment", "key", "is_refused"),
    [("prod", "", True), ("prod", "k", False), ("dev", "", False)],
)
def test_an_assertion_holds_wherever_its_rule_applies(
    environment: str, key: str, *, is_refused: bool
) -> None:
    document = template(RuleCondition=IS_PROD, Assertions=[ASSERTION])
    given = {"Env": environment, "Key": key}
    if not is_refused:
        assert compile_template(document, given).resources
        return
    with pytest.raises(TemplateError, match="KeyInProd: prod needs a key"):
        compile_template(document, given)


def test_a_rule_without_a_condition_always_applies() -> None:
    with pytest.raises(TemplateError, match="its assertion is false"):
        compile_template(template(Assertions=[{"Assert": IS_PROD}]), {"Env": "dev", "Key": ""})


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        ({}, "needs Assertions"),
        ({"Assertions": [ASSERTION], "Assert": IS_PROD}, "needs Assertions"),
        ({"Assertions": [{"Assert": {"Fn::Contains": [["a"], "a"]}}]}, "Fn::Contains"),
    ],
)
def test_what_is_malformed_or_not_supported_is_refused(
    rule: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(TemplateError, match=complaint):
        compile_template(template(**rule), {"Env": "prod", "Key": "k"})
