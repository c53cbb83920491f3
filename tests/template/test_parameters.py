"""Every parameter says what it is for and what it takes, and samconfig.toml gives what is taken."""

from __future__ import annotations

import gzip
import json
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import botocore
import pytest

from docs.generate import ROOT
from embedded_aws.cloudformation.errors import TemplateError
from embedded_aws.cloudformation.intrinsics import Scope
from embedded_aws.cloudformation.parameters import declared, resolve
from embedded_aws.cloudformation.rules import require_rules
from tests.template.project import project

PARAMETERS: dict[str, dict[str, Any]] = project().template["Parameters"]
GROUPS = project().template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
SAMCONFIG = tomllib.loads((ROOT / "samconfig.toml").read_text())
COMMANDS = re.findall(r"^sam deploy.*$", (ROOT / "README.md").read_text(), re.MULTILINE)
ENVIRONMENTS = ("default", "prod", "local")
REGISTRY = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
SUBNET, GROUP = "subnet-0123456789abcdef0", "sg-0123456789abcdef0"
BOUNDS = ({"AllowedPattern"}, {"AllowedValues"}, {"MinValue", "MaxValue"})


def overrides(text: str) -> dict[str, str]:
    return dict(each.split("=", 1) for each in shlex.split(text))


def accepted(given: dict[str, str]) -> dict[str, str]:
    """All parameters of a stack that is given these; raises what CloudFormation would refuse."""
    asked = [{"ParameterKey": name, "ParameterValue": value} for name, value in given.items()]
    return resolve(declared(project().template), asked, {})


def configured(environment: str) -> dict[str, str]:
    return overrides(SAMCONFIG[environment]["deploy"]["parameters"].get("parameter_overrides", ""))


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_parameter_says_what_it_is_for_and_bounds_what_it_takes(name: str) -> None:
    declaration = PARAMETERS[name]
    assert len(declaration.get("Description", "")) > 20
    assert any(bound <= declaration.keys() for bound in BOUNDS)


def test_every_parameter_has_a_default_that_it_takes() -> None:
    assert accepted({}).keys() == PARAMETERS.keys()


def test_the_console_shows_every_parameter_in_one_group() -> None:
    grouped = [name for group in GROUPS for name in group["Parameters"]]
    assert sorted(grouped) == sorted(PARAMETERS)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JobLogRetentionDays", "1096"),
        ("LogRetentionDays", "3288"),
        ("XGBoostImageUri", f"{REGISTRY}/fraud/xgboost:3.0-5"),
        ("XGBoostImageUri", f"{REGISTRY}/xgboost@sha256:{'0a' * 32}"),
        ("XGBoostImageUri", f"{REGISTRY}/xgboost:3.0-5@sha256:{'0a' * 32}"),
    ],
)
def test_a_parameter_takes_all_that_aws_does(name: str, value: str) -> None:
    assert accepted({name: value})[name] == value


def test_both_retentions_are_those_that_cloudwatch_logs_knows() -> None:
    """As its documentation lists them in botocore's model of PutRetentionPolicy."""
    path = Path(botocore.__file__).parent / "data/logs/2014-03-28/service-2.json.gz"
    told = json.loads(gzip.decompress(path.read_bytes()))["shapes"]["Days"]["documentation"]
    days = re.findall(r"\d+", told.split("Possible values are:")[1].split("</p>")[0])
    assert days == [str(it) for it in PARAMETERS["LogRetentionDays"]["AllowedValues"]]
    pattern = PARAMETERS["JobLogRetentionDays"]["AllowedPattern"]
    assert re.findall(r"\d+", pattern) == days


@pytest.mark.parametrize(
    ("subnets", "groups", "is_refused"),
    [("", "", False), (SUBNET, GROUP, False), (SUBNET, "", True), ("", GROUP, True)],
)
def test_subnets_without_security_groups_are_refused_before_anything_is_made(
    subnets: str, groups: str, *, is_refused: bool
) -> None:
    given = accepted({"SubnetIds": subnets, "SecurityGroupIds": groups})
    scope = Scope(given, {}, _no_resource, _no_resource)
    if not is_refused:
        require_rules(project().template["Rules"], scope)
        return
    with pytest.raises(TemplateError, match="go together"):
        require_rules(project().template["Rules"], scope)


def _no_resource(name: str, *_: str) -> str:
    raise AssertionError(name)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_an_environment_gives_what_the_template_takes(environment: str) -> None:
    given = configured(environment)
    assert given.items() <= accepted(given).items()


def test_every_environment_has_a_stack_of_its_own_and_production_asks_before_it_changes() -> None:
    names = [SAMCONFIG[name]["global"]["parameters"]["stack_name"] for name in ("default", "prod")]
    assert len(set(names)) == len(names)
    assert SAMCONFIG["prod"]["deploy"]["parameters"]["confirm_changeset"] is True
    assert {frozenset(SAMCONFIG[it]) for it in ENVIRONMENTS} == {
        frozenset({"global", "build", "validate", "deploy"})
    }


def test_what_the_readme_says_to_type_loses_nothing_of_the_environment() -> None:
    """Overrides on the command line replace those of the file as a whole (aws-sam-cli #2380)."""
    deployed = []
    for command in COMMANDS:
        _, _, given = re.sub(r"\$\(.*\)", "known", command).partition("--parameter-overrides ")
        named = re.search(r"--config-env (\w+)", command)
        environment = named[1] if named else "default"
        assert configured(environment).items() <= overrides(given).items()
        if environment != "local":
            assert accepted(overrides(given))["CodeCommit"] == "known"
        deployed.append(environment)
    assert deployed == ["local", "default", "prod"]
