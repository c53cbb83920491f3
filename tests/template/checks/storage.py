"""What is kept and for how long: buckets, queues and logs that a careful account accepts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.template.checks.finding import Finding
from tests.template.project import Project

_BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


def private(project: Project) -> Iterator[Finding]:
    """Buckets that are open, unencrypted, or reached without TLS."""
    for name, properties in project.of_type("AWS::S3::Bucket").items():
        blocked = properties.get("PublicAccessBlockConfiguration", {})
        if not all(blocked.get(block) is True for block in _BLOCKS):
            yield Finding(name, f"not all of {', '.join(_BLOCKS)}")
        if "BucketEncryption" not in properties:
            yield Finding(name, "no BucketEncryption")
        if not any(_denies_plain_text(it) for it in _policy_statements(project, name)):
            yield Finding(name, "no policy that denies whatever comes without TLS")


def kept(project: Project) -> Iterator[Finding]:
    """Data that the end of a stack, or a careless update of it, would take along."""
    for name, resource in project.resources.items():
        if resource["Type"] in {"AWS::S3::Bucket", "AWS::SageMaker::ModelPackageGroup"}:
            for policy in ("DeletionPolicy", "UpdateReplacePolicy"):
                if resource.get(policy) != "Retain":
                    yield Finding(name, f"{policy} is not Retain")
    for name, properties in project.of_type("AWS::S3::Bucket").items():
        if properties.get("VersioningConfiguration") != {"Status": "Enabled"}:
            yield Finding(name, "no versions")


def forgotten(project: Project) -> Iterator[Finding]:
    """Logs that stay for ever, and functions and machines whose logs nothing bounds."""
    for name, properties in project.of_type("AWS::Logs::LogGroup").items():
        if "RetentionInDays" not in properties:
            yield Finding(name, "no RetentionInDays")
    groups = project.of_type("AWS::Logs::LogGroup")
    for name, properties in project.of_type("AWS::Serverless::Function").items():
        if properties.get("LoggingConfig", {}).get("LogGroup", {}).get("Ref") not in groups:
            yield Finding(name, "no log group of its own")
    for name, properties in project.of_type("AWS::Serverless::StateMachine").items():
        if properties.get("Logging", {}).get("Level") != "ALL":
            yield Finding(name, "not all of its executions' events are logged")


def _policy_statements(project: Project, bucket: str) -> list[dict[str, Any]]:
    policies = project.of_type("AWS::S3::BucketPolicy").values()
    return [
        statement
        for policy in policies
        if policy["Bucket"] == {"Ref": bucket}
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def _denies_plain_text(statement: dict[str, Any]) -> bool:
    return (
        statement["Effect"] == "Deny"
        and statement["Principal"] == "*"
        and statement["Action"] == "s3:*"
        and statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
    )
