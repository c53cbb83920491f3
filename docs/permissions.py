"""Lists who may do what, from the policies of the template: role, action, resource, condition, why.

Why a statement is there is its Sid, which says it in a few words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from embedded_aws.cloudformation.template import parse

_HEAD = """# Who may do what

Generated from `template.yaml` by `python -m docs.generate`; a test holds it to be current. `STACK`
is the stack's name; a name such as `Bucket` is the resource of the template. Why a statement is
there, its Sid says, in the template and in the account. What is attached only with a parameter is
marked by it.

Nothing but what is listed is allowed, and no more is listed than is used: the tests run every story
of the application under these policies, evaluated as AWS evaluates them, and hold that each action
of each statement lets some call of each role that has it through, which nothing else would let
through. What no call there relies on has its reason in
[unused_grants.yaml](../tests/machine/unused_grants.yaml).
"""
_TEMPLATE = Path(__file__).parents[1] / "template.yaml"
_TITLES = "| why | actions | resources | if |\n|---|---|---|---|"
_PSEUDO = {
    "AWS::AccountId": "ACCOUNT",
    "AWS::Partition": "aws",
    "AWS::Region": "REGION",
    "AWS::StackName": "STACK",
    "AWS::URLSuffix": "amazonaws.com",
}
_SWITCHES = {
    "HasJobLogRetention": "JobLogRetentionDays",
    "HasKmsKey": "KmsKeyArn",
    "HasOperatorRole": "OperatorRoleName",
    "HasVpc": "SubnetIds",
}
"""Parameters that are told of in place of the condition that asks whether they are set."""
_BEARERS = {
    "AWS::S3::BucketPolicy": "bucket",
    "AWS::SNS::TopicPolicy": "topic",
    "AWS::SQS::QueuePolicy": "queue",
}
_IS = {"ArnLike": "is like", "Bool": "is", "StringEquals": "is", "StringLike": "is like"}
_REFERENCE = re.compile(r"\$\{([\w:.]+)\}")
_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def permissions_page() -> str:
    """The whole page, in Markdown."""
    resources = parse(_TEMPLATE.read_text())["Resources"]
    sections = (
        _HEAD,
        *_section("Roles", _roles(resources)),
        *_section("Policies that roles share", _shared(resources)),
        *_section("Policies of resources", _borne(resources)),
    )
    return "\n".join(sections)


def why(sid: str) -> str:
    """A Sid in words: ``ReadTheFacts`` is "read the facts"."""
    return _CAPITAL.sub(" ", sid).lower()


def _section(title: str, parts: Iterable[str]) -> Iterator[str]:
    yield f"## {title}\n"
    yield from parts


def _roles(resources: Mapping[str, Any]) -> Iterator[str]:
    for name, properties in _of_types(resources, "AWS::IAM::Role"):
        yield f"### {name}\n"
        (trust,) = properties["AssumeRolePolicyDocument"]["Statement"]
        yield f"For {_principal(trust)}, if {_conditions(trust)}.\n"
        attached = [_attached(it) for it in properties.get("ManagedPolicyArns", [])]
        if attached:
            yield f"With {', '.join(attached)}.\n"
        for policy in properties.get("Policies", []):
            yield _table(policy["PolicyDocument"])


def _shared(resources: Mapping[str, Any]) -> Iterator[str]:
    for name, properties in _of_types(resources, "AWS::IAM::ManagedPolicy"):
        condition = resources[name].get("Condition")
        switch = f", with `{_SWITCHES[condition]}`" if condition else ""
        yield f"### {name}\n\n{properties['Description'].rstrip('.')}{switch}.\n"
        yield _table(properties["PolicyDocument"])


def _borne(resources: Mapping[str, Any]) -> Iterator[str]:
    for name, properties in _of_types(resources, *_BEARERS):
        yield f"### {name}\n\nThe {_BEARERS[resources[name]['Type']]}'s own.\n"
        yield _table(properties["PolicyDocument"])


def _of_types(resources: Mapping[str, Any], *types: str) -> Iterator[tuple[str, Any]]:
    return ((name, it["Properties"]) for name, it in resources.items() if it["Type"] in types)


def _attached(reference: Mapping[str, Any]) -> str:
    if "Fn::If" in reference:
        condition, policy, _ = reference["Fn::If"]
        return f"{_attached(policy)} (`{_SWITCHES[condition]}`)"
    name: str = reference["Ref"]
    return f"[{name}](#{name.lower()})"


def _table(document: Mapping[str, Any]) -> str:
    rows = [_row(statement) for statement in document["Statement"]]
    return "\n".join([_TITLES, *rows, ""])


def _row(statement: Mapping[str, Any]) -> str:
    who = f" ({_principal(statement)})" if "Principal" in statement else ""
    refused = "**deny** " if statement["Effect"] == "Deny" else ""
    actions = _coded(_listed(statement["Action"]))
    resources = _coded(text for it in _listed(statement["Resource"]) for text in _texts(it))
    told = why(statement["Sid"])
    return f"| {told}{who} | {refused}{actions} | {resources} | {_conditions(statement)} |"


def _principal(statement: Mapping[str, Any]) -> str:
    principal = statement["Principal"]
    return "everybody" if principal == "*" else f"`{principal['Service']}`"


def _conditions(statement: Mapping[str, Any]) -> str:
    return " and ".join(
        f"`{key}` {_IS[operator]} {_coded(text for it in _listed(wanted) for text in _texts(it))}"
        for operator, keys in statement.get("Condition", {}).items()
        for key, wanted in keys.items()
    )


def _coded(texts: Iterable[str]) -> str:
    return " ".join(f"`{text}`" for text in texts)


def _texts(value: object) -> Iterator[str]:
    """What an expression of the template comes to, in each way that a condition can go."""
    match value:
        case str():
            yield value
        case {"Ref": name}:
            yield _PSEUDO.get(name, name)
        case {"Fn::GetAtt": [name, _]}:
            yield name
        case {"Fn::Sub": [text, given]}:
            yield from map(_plain, _filled(text, given))
        case {"Fn::Sub": text}:
            yield _plain(text)
        case {"Fn::If": [_, *ways]}:
            yield from (text for way in ways for text in _texts(way))
        case {"Fn::Select": _}:
            yield "ModelPackageGroup"
        case _:
            raise ValueError(f"docs/permissions.py cannot tell what this is: {json.dumps(value)}")


def _filled(text: str, given: Mapping[str, Any]) -> Iterator[str]:
    (name,) = given
    for value in _texts(given[name]):
        yield text.replace(f"${{{name}}}", value)


def _plain(text: str) -> str:
    return _REFERENCE.sub(lambda it: _PSEUDO.get(it[1], it[1].removesuffix(".Arn")), text)


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]
