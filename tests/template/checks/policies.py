"""Policies by parliament, and by what the machines' integrations and functions need."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator
from typing import Any

from embedded_aws.gateway.call import Call
from embedded_aws.iam import reference
from embedded_aws.iam.actions import actions_of
from embedded_aws.iam.patterns import fits_any_case, fits_resource
from embedded_aws.stepfunctions.integrations.java_shapes import pascal_case
from tests.template.checks.definitions import tasks
from tests.template.checks.expressions import plain
from tests.template.checks.finding import Finding
from tests.template.project import ACCOUNT, REGION, Project

with warnings.catch_warnings():
    # It asks for its files by pkg_resources, which setuptools warns of.
    warnings.simplefilter("ignore")
    from parliament import analyze_policy_string

_RULE = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/StepFunctionsGetEventsForSageMaker{{}}JobsRule"
_DELIVERING_LOGS = tuple(
    f"logs:{action}"
    for action in (
        *("CreateLogDelivery", "GetLogDelivery", "UpdateLogDelivery", "DeleteLogDelivery"),
        *("ListLogDeliveries", "PutResourcePolicy", "DescribeResourcePolicies"),
        "DescribeLogGroups",
    )
)
_CALL = re.compile(r"arn:aws:states:::(aws-sdk:)?(?P<service>\w+):(?P<action>\w+)(\.waitFor\w+)?")
_ANY = "any resource"
_CONTEXT = {"iam:PassedToService": "sagemaker.amazonaws.com"}
"""What a condition may ask of the calls that a machine makes."""
_NOBODY: Any = None
REASONS = {
    ("EndpointRole/SeeWhatStopsAnUpdate", "RESOURCE_STAR"): (
        "SageMaker asks for composite alarms too, for which a narrower scope is refused"
    ),
}
"""What parliament finds and we accept, and why."""


def linted(project: Project) -> Iterator[Finding]:
    """What parliament finds: unknown actions and keys, resources of another type, stars."""
    for where, statement in statements(project):
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        for finding in analyze_policy_string(document).findings:
            is_false = finding.issue == "RESOURCE_MISMATCH" and _fits_one_type(statement)
            if not is_false and (where, finding.issue) not in REASONS:
                yield Finding(where, f"{finding.issue} {str(finding.detail)[:200]}")


def spelled(project: Project) -> Iterator[Finding]:
    """Actions that AWS's Service Authorization Reference does not have, and patterns of actions."""
    for where, statement in statements(project):
        for action in _listed(statement["Action"]):
            if "*" in action and statement["Effect"] == "Allow":
                yield Finding(where, f"{action} grants whatever the service has or will have")
            elif "*" not in action and not _is_known(action):
                yield Finding(where, f"AWS has no action {action}")


def passed(project: Project) -> Iterator[Finding]:
    """Roles that may be handed to more than the one service that is meant to take them."""
    for where, statement in statements(project):
        if "iam:PassRole" in _listed(statement["Action"]):
            conditions = statement.get("Condition", {}).get("StringEquals", {})
            if "iam:PassedToService" not in conditions:
                yield Finding(where, "iam:PassRole without iam:PassedToService")
            if any("*" in resource for resource in _listed(statement["Resource"])):
                yield Finding(where, "iam:PassRole of more than one role")


def sufficient(project: Project) -> Iterator[Finding]:
    """What Step Functions needs of a machine's role before any of its states runs.

    Developer Guide, "IAM policies for calling SageMaker AI" and "Logging in CloudWatch Logs".
    """
    for machine, definition in project.filled.items():
        role = project.resources[machine]["Properties"]["Role"]["Fn::GetAtt"][0]
        granted = _granted(project, role)
        for action, resource in _needed(definition):
            if not _allows(granted, action, resource):
                yield Finding(role, f"{machine} needs {action} on {resource}")


def statements(project: Project) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every statement of every policy of an identity, filled in, with its role and Sid."""
    for name, properties in project.of_type("AWS::IAM::Role").items():
        for policy in properties["Policies"]:
            yield from _filled(project, name, policy["PolicyDocument"])
    for name, properties in project.of_type("AWS::IAM::ManagedPolicy").items():
        yield from _filled(project, name, properties["PolicyDocument"])


def _filled(project: Project, name: str, document: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for index, statement in enumerate(project.resolved(document)["Statement"]):
        yield f"{name}/{statement.get('Sid', index)}", statement


def _needed(definition: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for action in _DELIVERING_LOGS:
        yield action, "*"
    for _, task in tasks(definition):
        resource, arguments = task["Resource"], plain(task.get("Arguments", {}))
        if resource.endswith(".sync"):
            yield from _needed_by_job(resource, arguments)
        elif called := _CALL.fullmatch(resource):
            service, operation = called["service"], pascal_case(called["action"])
            for action in actions_of(Call(_NOBODY, service, operation, {})):
                yield action, _about(arguments, service)


def _needed_by_job(resource: str, arguments: dict[str, Any]) -> Iterator[tuple[str, str]]:
    kind = resource.removesuffix("Job.sync").rpartition("create")[2]
    for action in ("DescribeRule", "PutRule", "PutTargets"):
        yield f"events:{action}", _RULE.format(kind)
    for role in filter(None, [arguments.get("RoleArn")]):
        yield "iam:PassRole", role
    job = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:{kind.lower()}-job/{_name(arguments)}"
    for action in (f"Create{kind}Job", f"Describe{kind}Job", f"Stop{kind}Job"):
        yield f"sagemaker:{action}", job
    yield "sagemaker:AddTags", job
    yield "sagemaker:ListTags", job


def _about(arguments: Any, service: str) -> str:
    """The resource that a call names literally; of an expression only a run can tell."""
    values = arguments.values() if isinstance(arguments, dict) else ()
    texts = (value for value in values if isinstance(value, str))
    return next((text for text in texts if text.startswith(f"arn:aws:{service}:")), _ANY)


def _name(arguments: dict[str, Any]) -> str:
    """A job's name by its expression: what stands before the first variable."""
    expression = arguments.get("ProcessingJobName") or arguments["TrainingJobName"]
    return f"{expression.split(chr(39))[1]}1"


def _granted(project: Project, role: str) -> list[dict[str, Any]]:
    attached = project.resources[role]["Properties"].get("ManagedPolicyArns", [])
    owners = {role, *(it["Ref"] for it in attached if "Ref" in it)}
    return [it for where, it in statements(project) if where.partition("/")[0] in owners]


def _fits_one_type(statement: dict[str, Any]) -> bool:
    """Parliament wants a resource of each type that an action may be about; AWS wants one."""
    resources = _listed(statement["Resource"])
    return all(
        any(
            kind.matches(it) for kind in reference.action(action).resource_types for it in resources
        )
        for action in _listed(statement["Action"])
    )


def _allows(granted: list[dict[str, Any]], action: str, resource: str) -> bool:
    return any(
        any(fits_any_case(it, action) for it in _listed(statement["Action"]))
        and any(
            it == "*" or resource == _ANY or fits_resource(it, resource)
            for it in _listed(statement["Resource"])
        )
        and _holds(statement.get("Condition", {}))
        for statement in granted
    )


def _holds(conditions: dict[str, dict[str, Any]]) -> bool:
    asked = [it for keys in conditions.values() for it in keys.items()]
    return all(_CONTEXT.get(key) in _listed(values) for key, values in asked)


def _is_known(action: str) -> bool:
    try:
        return bool(reference.action(action))
    except reference.UnknownAction:
        return False


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
