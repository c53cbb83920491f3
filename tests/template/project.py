"""The template and the machines' definitions as values that a check reads and a defect changes."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from embedded_aws.cloudformation.conditions import evaluate_all, prune
from embedded_aws.cloudformation.intrinsics import Scope, evaluate
from embedded_aws.cloudformation.plain_yaml import load_plain_yaml
from embedded_aws.cloudformation.template import parse
from embedded_aws.cloudformation.transform import transform

ROOT = Path(__file__).parents[2]
Document = dict[str, Any]
ACCOUNT, REGION, STACK = "123456789012", "us-east-1", "nightly"
STACK_ID = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{STACK}/1a2b3c4d-0000"
MACHINE = "AWS::Serverless::StateMachine"
_SUBSTITUTION = re.compile(r"\$\{(\w+)\}")
_PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::StackId": STACK_ID,
    "AWS::StackName": STACK,
    "AWS::URLSuffix": "amazonaws.com",
}
_ARNS = {
    "AWS::CloudWatch::Alarm": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{{}}",
    "AWS::IAM::ManagedPolicy": f"arn:aws:iam::{ACCOUNT}:policy/{{}}",
    "AWS::IAM::Role": f"arn:aws:iam::{ACCOUNT}:role/{{}}",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{{}}:*",
    "AWS::S3::Bucket": "arn:aws:s3:::{}",
    "AWS::SNS::Topic": f"arn:aws:sns:{REGION}:{ACCOUNT}:{{}}",
    "AWS::SQS::Queue": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{{}}",
    "AWS::SageMaker::ModelPackageGroup": (
        f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model-package-group/{{}}"
    ),
    "AWS::Serverless::Function": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{{}}",
    MACHINE: f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{{}}",
}
"""What an ARN of each type looks like; ``{}`` is the name, for which the logical id stands."""
SECURED = {
    "KmsKeyArn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "SubnetIds": "subnet-0a1b2c3d,subnet-4e5f6a7b",
    "SecurityGroupIds": "sg-0a1b2c3d",
    "PermissionsBoundaryArn": f"arn:aws:iam::{ACCOUNT}:policy/boundary",
    "OperatorRoleName": "operator",
    "JobLogRetentionDays": "90",
}
"""Parameters that switch on what is off by default, so that the checks get to see it."""
_REFERENCED_BY_ARN = {
    "AWS::IAM::ManagedPolicy",
    "AWS::SNS::Topic",
    "AWS::SageMaker::ModelPackageGroup",
    MACHINE,
}


@dataclass(frozen=True)
class Project:
    """The files that are deployed, as they were read or with defects.

    Attributes:
        template: `template.yaml` in long form.
        definitions: The machines' definitions by logical id, before substitution.
    """

    template: Document
    definitions: Mapping[str, Document]

    @property
    def resources(self) -> Mapping[str, Document]:
        """The template's resources, before the transform."""
        resources: dict[str, Document] = self.template["Resources"]
        return resources

    def of_type(self, *types: str) -> dict[str, Document]:
        """The properties of the resources of some types, by logical id."""
        return {
            name: it.get("Properties", {})
            for name, it in self.resources.items()
            if it["Type"] in types
        }

    def resolved(self, value: Any) -> Any:
        """A part of the template as a deployment would fill it in that leaves nothing out."""
        return evaluate(prune(value, self._conditions), self._scope)

    def substitutions(self, machine: str) -> dict[str, str]:
        """What a machine's placeholders are filled with."""
        given = self.resources[machine]["Properties"]["DefinitionSubstitutions"]
        return {name: str(value) for name, value in self.resolved(given).items()}

    @cached_property
    def filled(self) -> dict[str, Document]:
        """The definitions with their placeholders filled in; an unknown one stays."""
        return {
            machine: _filled(definition, self.substitutions(machine))
            for machine, definition in self.definitions.items()
        }

    @cached_property
    def transformed(self) -> Document:
        """What CloudFormation gets to see, with the definitions in place of their URIs."""
        packaged = copy.deepcopy(self.template)
        packaged["Globals"]["Function"]["CodeUri"] = "s3://artifacts/lambdas"
        for properties in Project(packaged, {}).of_type("AWS::Serverless::LayerVersion").values():
            properties["ContentUri"] = "s3://artifacts/layer"
        for properties in Project(packaged, {}).of_type(MACHINE).values():
            properties["DefinitionUri"] = "s3://artifacts/machine"
        document = transform(packaged, self._defaults, REGION)
        for machine, definition in self.filled.items():
            properties = document["Resources"][machine]["Properties"]
            del properties["DefinitionS3Location"]
            properties["Definition"] = definition
        return document

    @cached_property
    def _defaults(self) -> dict[str, str]:
        declared = self.template["Parameters"]
        return {name: str(rule.get("Default", "")) for name, rule in declared.items()}

    @cached_property
    def _scope(self) -> Scope:
        known = {**self._defaults, **SECURED, **_PSEUDO}
        return Scope(known, self.template["Mappings"], self._reference, self._attribute)

    @cached_property
    def _conditions(self) -> dict[str, bool]:
        return evaluate_all(self.template["Conditions"], self._scope)

    def _reference(self, name: str) -> str:
        logical_id, _, part = name.partition(".")
        if part == "Version":
            return f"{self._arn(logical_id)}:1"
        is_arn = name in self.resources and self.resources[name]["Type"] in _REFERENCED_BY_ARN
        return self._arn(name) if is_arn else name.lower()

    def _attribute(self, name: str, attribute: str) -> str:
        return self._arn(name) if attribute == "Arn" else f"{name}.{attribute}"

    def _arn(self, name: str) -> str:
        return _ARNS[self.resources[name]["Type"]].format(name.lower())


@cache
def project() -> Project:
    """The project as it is."""
    template = parse((ROOT / "template.yaml").read_text())
    machines = Project(template, {}).of_type(MACHINE)
    definitions = {
        name: load_plain_yaml((ROOT / it["DefinitionUri"]).read_text())
        for name, it in machines.items()
    }
    return Project(template, definitions)  # type: ignore[arg-type]  # YAML's documents


def changed(given: Project, machine: str | None, path: list[str], value: Any) -> Project:
    """A project with one value put, or taken out if it is None.

    Args:
        given: What is changed in a copy.
        machine: In whose definition; None for the template.
        path: The members and indices that lead to it.
        value: What is put there.

    Raises:
        LookupError: the path leads nowhere, so that nothing would be changed.
    """
    document = copy.deepcopy(given.definitions[machine] if machine else given.template)
    parent: Any = document
    for step in path[:-1]:
        parent = parent[_key(parent, step)]
    if value is None:
        del parent[_key(parent, path[-1])]
    else:
        parent[_key(parent, path[-1])] = value
    if machine is None:
        return replace(given, template=document)
    return replace(given, definitions={**given.definitions, machine: document})


def _key(parent: object, step: str) -> str | int:
    return int(step) if isinstance(parent, list) else step


def _filled(value: Any, substitutions: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _filled(item, substitutions) for name, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, substitutions) for item in value]
    if isinstance(value, str):
        return _SUBSTITUTION.sub(lambda found: substitutions.get(found[1], found[0]), value)
    return value
