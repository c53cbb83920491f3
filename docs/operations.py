"""Lists what the embedded AWS serves, from the code that serves it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from embedded_aws.cloudformation.resources import HANDLERS
from embedded_aws.gateway.moto_services import moto_operations
from embedded_aws.gateway.protocol import service_model
from embedded_aws.gateway.validation_errors import CODES
from embedded_aws.instance import serve
from embedded_aws.sagemaker.jobs.refusals import Only
from embedded_aws.sagemaker.jobs.requests import PROCESSING_RULES, TRAINING_RULES
from embedded_aws.services import MOTO_SERVICES
from embedded_aws.settings import Settings
from embedded_aws.stepfunctions.building import JSONATA, JSONPATH
from embedded_aws.stepfunctions.integrations.catalogue import CALLABLE_BACK
from embedded_aws.stepfunctions.integrations.sagemaker import JOBS, REQUEST_RESPONSE
from embedded_aws.stepfunctions.validation.fields import TYPES, allowed_fields

_HEAD = """# What the embedded AWS serves

Generated from the code by `python -m docs.generate`; a test holds it to be current. What each
part does, and from which source, is told in [embedded-aws.md](embedded-aws.md).

Every request is checked against botocore's model of its operation, and so is every answer. An
operation that is not listed, and a service that is not listed, answers 501 by name. Beside that,
a service refuses by name the parameters and values that it does not honour.
"""
_RULES: Mapping[str, tuple[Only, ...]] = {
    "CreateProcessingJob": PROCESSING_RULES,
    "CreateTrainingJob": TRAINING_RULES,
}


def operations_page() -> str:
    """The whole page, in Markdown."""
    sections = (_HEAD, _services(), _jobs(), _state_machines(), _resource_types(), _codes())
    return "\n".join(sections)


def _services() -> str:
    with tempfile.TemporaryDirectory() as scratch, serve(Settings(Path(scratch))) as instance:
        native = {each.name: frozenset(each.operations()) for each in instance.services}
    by_moto = {name: moto_operations(name) for name in MOTO_SERVICES - native.keys()}
    return "\n".join(
        (
            "## Operations\n",
            "Emulated by this package:\n",
            *_operation_lists(native),
            "\nEmulated by moto, behind the same checks; what moto then cannot do answers 501:\n",
            *_operation_lists(by_moto),
            "",
        )
    )


def _operation_lists(services: Mapping[str, Iterable[str]]) -> Iterator[str]:
    for name, operations in sorted(services.items()):
        known = len(service_model(name).operation_names)
        listed = sorted(operations)
        yield f"- **{name}** ({len(listed)} of {known}): {', '.join(listed)}"


def _jobs() -> str:
    lines = ["## Parameters of jobs that are refused\n"]
    for operation, rules in _RULES.items():
        lines += [f"`{operation}`:\n", "| Parameter | Values that are taken |", "|---|---|"]
        lines += [f"| `{rule.path}` | {_taken(rule)} |" for rule in rules]
        lines.append("")
    return "\n".join(lines)


def _taken(rule: Only) -> str:
    return ", ".join(f"`{value}`" for value in rule.allowed) or "none"


def _state_machines() -> str:
    lines = [
        "## State machines\n",
        "Integrations of a Task:\n",
        *(f"- `arn:aws:states:::sagemaker:{action}.sync`" for action in sorted(JOBS)),
        *(f"- `arn:aws:states:::sagemaker:{action}`" for action in sorted(REQUEST_RESPONSE)),
        *(
            f"- `arn:aws:states:::{service}:{action}`, also with `.waitForTaskToken`"
            for service, action in sorted(CALLABLE_BACK)
        ),
        "- `arn:aws:states:::aws-sdk:<service>:<action>` of every operation above",
        "- the ARN of a function\n",
        "Fields of each type of state, by query language:\n",
        "| Type | JSONata | JSONPath |",
        "|---|---|---|",
        *(f"| {kind} | {_fields(kind, JSONATA)} | {_fields(kind, JSONPATH)} |" for kind in TYPES),
        "",
    ]
    return "\n".join(lines)


def _fields(kind: str, language: str) -> str:
    return ", ".join(sorted(allowed_fields(kind, language)))


def _resource_types() -> str:
    lines = [
        "## CloudFormation resource types\n",
        "A template with any other type or property is refused.\n",
        "| Type | Properties | Attributes |",
        "|---|---|---|",
    ]
    for name, handler in sorted(HANDLERS.items()):
        properties, attributes = sorted(handler.properties), sorted(handler.attributes)
        lines.append(f"| {name} | {', '.join(properties)} | {', '.join(attributes)} |")
    return "\n".join([*lines, ""])


def _codes() -> str:
    lines = [
        "## How a request that breaks its model is refused\n",
        "| Service | Code | Where that is known from |",
        "|---|---|---|",
    ]
    for name, codes in sorted(CODES.items()):
        missing = f", `{codes.missing}` if a parameter is missing" if codes.missing else ""
        lines.append(f"| {name} | `{codes.constraint}`{missing} | {codes.source} |")
    return "\n".join([*lines, ""])
