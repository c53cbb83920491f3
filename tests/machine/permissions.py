"""What the template grants, and what the stories of these tests made of it, by logical ids."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from embedded_aws.iam.patterns import fits_any_case

if TYPE_CHECKING:
    from tests.machine.application import Application

_SHARED = "AWS::IAM::ManagedPolicy"
_KINDS = {
    "AWS::IAM::Role",
    _SHARED,
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
}


@dataclass(frozen=True)
class Grant:
    """One action that one statement allows; a Sid, or the statement's index, names it.

    Attributes:
        role: Who has it by a policy that roles share, which is one grant for each of them; empty
            for a policy that stands with its role or resource.
    """

    policy: str
    statement: str
    action: str
    role: str = ""

    @property
    def place(self) -> str:
        """Where the statement stands."""
        return f"{self.policy}/{self.statement}"

    def __str__(self) -> str:
        """As a line of a failing test."""
        return f"{self.place} {self.action}" + (f" of {self.role}" if self.role else "")


@dataclass(frozen=True)
class Use:
    """What a role, or a service on the stack's queue or topic, was allowed or denied in a story.

    Attributes:
        place: The policy and the statement that decided; empty for what nothing allowed.
        is_sole: Whether without that statement it would have been denied.
    """

    role: str
    action: str
    place: str
    is_sole: bool
    resource: str

    @property
    def wherever(self) -> Use:
        """The same, whatever it was about."""
        return replace(self, resource="")


class Witness:
    """All deployments of a session: those that run, and what those saw that are gone."""

    _running: ClassVar[dict[str, Application]] = {}
    _seen: ClassVar[set[Use]] = set()

    @classmethod
    @contextmanager
    def of(cls, application: Application, stack_name: str) -> Iterator[None]:
        """Watch a deployment until the context ends."""
        cls._running[application.aws.url] = application
        try:
            yield
        finally:
            del cls._running[application.aws.url]
            if application.deployed:
                cls._seen.update(uses(application, stack_name))

    @classmethod
    def tells(cls, stack_name: str) -> frozenset[Use]:
        """What all of them were allowed and denied."""
        running = (uses(application, stack_name) for application in cls._running.values())
        return frozenset(cls._seen.union(*running))


def granted(template: Mapping[str, Any]) -> Iterator[Grant]:
    """Every action of every statement that the template's policies allow, trust included."""
    for name, resource in template["Resources"].items():
        if resource["Type"] in _KINDS:
            roles = _having(template, name) if resource["Type"] == _SHARED else [""]
            for policy, document in _documents(name, resource["Properties"]):
                for role in roles:
                    yield from _grants(policy, document, role)


def uses(application: Application, stack_name: str) -> Iterator[Use]:
    """What the roles of a stack were allowed and denied so far."""
    names = _logical_ids(application, stack_name)
    with urllib.request.urlopen(f"{application.aws.url}/_embedded/calls/uses") as answer:  # noqa: S310  # loopback
        told = json.load(answer)["uses"]
    for use in told:
        policy = _policy(use["policy"] or "", use["action"], names)
        role = names.get(use["principal"])
        if role or policy.partition("/")[0] in names.values():
            place = f"{policy}/{use['statement']}" if use["decision"] == "allowed" else ""
            yield Use(role or "", use["action"], place, use["is_sole"], use["resource"])


def carries(use: Use, grant: Grant) -> bool:
    """Whether a call went through by a grant."""
    is_theirs = grant.role in {"", use.role}
    return is_theirs and use.place == grant.place and fits_any_case(grant.action, use.action)


def _having(template: Mapping[str, Any], policy: str) -> list[str]:
    """The roles that have a managed policy, under whatever condition; else one of no name.

    That is the operator's, which is no role of the template.
    """
    having = [
        name
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::IAM::Role"
        and json.dumps({"Ref": policy})
        in json.dumps(resource["Properties"].get("ManagedPolicyArns", []))
    ]
    return having or [""]


def _documents(name: str, properties: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    if "AssumeRolePolicyDocument" in properties:
        yield f"{name}/trust", properties["AssumeRolePolicyDocument"]
    if "PolicyDocument" in properties:
        yield name, properties["PolicyDocument"]
    for policy in properties.get("Policies", ()):
        yield f"{name}/{policy['PolicyName']}", policy["PolicyDocument"]


def _grants(policy: str, document: Mapping[str, Any], role: str) -> Iterator[Grant]:
    for index, statement in enumerate(document["Statement"]):
        actions = statement["Action"]
        for action in [actions] if isinstance(actions, str) else actions:
            yield Grant(policy, str(statement.get("Sid", index)), action, role)


def _logical_ids(application: Application, stack_name: str) -> dict[str, str]:
    """The logical ids of roles, managed policies, and policies of queue and topic, by ARN."""
    found: dict[str, str] = {}
    pages = application.client("cloudformation").get_paginator("list_stack_resources")
    for page in pages.paginate(StackName=stack_name):
        for it in page["StackResourceSummaries"]:
            logical_id, physical_id = it["LogicalResourceId"], it["PhysicalResourceId"]
            if it["ResourceType"] == "AWS::IAM::Role":
                found[f"arn:aws:iam::123456789012:role/{physical_id}"] = logical_id
            elif it["ResourceType"] == "AWS::IAM::ManagedPolicy":
                found[physical_id] = logical_id
            elif it["ResourceType"] == "AWS::SQS::Queue":
                queue = physical_id.rpartition("/")[2]
                found[f"arn:aws:sqs:us-east-1:123456789012:{queue}"] = f"{logical_id}Policy"
            elif it["ResourceType"] == "AWS::SNS::Topic":
                found[physical_id] = f"{logical_id}Policy"
    return found


def _policy(name: str, action: str, names: Mapping[str, str]) -> str:
    """A policy's name of a deployment, as the template has it."""
    if name in names:
        return f"{names[name]}/trust" if action.startswith("sts:") else names[name]
    owner, _, inline = name.rpartition("/")
    return f"{names[owner]}/{inline}" if owner in names else name
