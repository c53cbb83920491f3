"""Evaluates the Rules block, which refuses parameters that do not go together.

CloudFormation user guide, "CloudFormation template Rules syntax". Of the rule functions, those are
supported that conditions have, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from embedded_aws.cloudformation.conditions import evaluate_all
from embedded_aws.cloudformation.errors import TemplateError
from embedded_aws.cloudformation.intrinsics import Scope


def require_rules(block: Mapping[str, Any], scope: Scope) -> None:
    """See that what the rules assert of the parameters is true.

    Raises:
        TemplateError: an assertion is false, with its description; or a rule is malformed.
    """
    failed = [text for name, rule in block.items() for text in _failed(name, rule, scope)]
    if failed:
        raise TemplateError(f"Rules validation failed: {'; '.join(failed)}")


def _failed(name: str, rule: Any, scope: Scope) -> Iterator[str]:  # noqa: ANN401  # any JSON value
    match rule:
        case {"Assertions": [*assertions], "RuleCondition": condition, **rest} if not rest:
            applies = _is_true(condition, scope)
        case {"Assertions": [*assertions], **rest} if not rest:
            applies = True
        case _:
            raise TemplateError(f"Template format error: rule {name} needs Assertions")
    for assertion in assertions if applies else ():
        if not _is_true(assertion["Assert"], scope):
            yield f"{name}: {assertion.get('AssertDescription', 'its assertion is false')}"


def _is_true(expression: Any, scope: Scope) -> bool:  # noqa: ANN401  # any JSON value
    return evaluate_all({"rule": expression}, scope)["rule"]
