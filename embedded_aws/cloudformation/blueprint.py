"""A template with parameters, mappings and conditions filled in: only references remain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any

from embedded_aws.cloudformation.conditions import evaluate_all, prune
from embedded_aws.cloudformation.errors import TemplateError
from embedded_aws.cloudformation.intrinsics import Scope, evaluate
from embedded_aws.cloudformation.references import in_dependency_order, references
from embedded_aws.cloudformation.rules import require_rules
from embedded_aws.cloudformation.template import Document

_RESOURCE_MEMBERS = {
    "Condition",
    "DeletionPolicy",
    "DependsOn",
    "Metadata",
    "Properties",
    "Type",
    "UpdateReplacePolicy",
}
_DELETION_POLICIES = {"Delete", "Retain", "RetainExceptOnCreate"}
_UPDATE_REPLACE_POLICIES = {"Delete", "Retain"}


@dataclass(frozen=True)
class ResourceDefinition:
    """One resource of a template.

    Attributes:
        depends_on: Logical ids that must exist before it, by ``DependsOn`` or by reference.
    """

    logical_id: str
    type: str
    properties: Mapping[str, Any]
    depends_on: frozenset[str]
    deletion_policy: str
    update_replace_policy: str
    metadata: Mapping[str, Any] | None


@dataclass(frozen=True)
class Output:
    """One output of a template, its value not yet evaluated."""

    key: str
    value: Any
    description: str | None


@dataclass(frozen=True)
class Blueprint:
    """What a stack is to become.

    Attributes:
        resources: By logical id, in dependency order.
    """

    resources: Mapping[str, ResourceDefinition]
    outputs: tuple[Output, ...]
    scope: Scope

    def resolve(
        self,
        value: Any,  # noqa: ANN401  # any JSON value
        reference: Callable[[str], Any],
        attribute: Callable[[str, str], Any],
    ) -> Any:  # noqa: ANN401
        """A value of this template once its resources can be looked up."""
        return evaluate(value, replace(self.scope, reference=reference, attribute=attribute))


def compile_template(document: Document, parameters: Mapping[str, Any]) -> Blueprint:
    """Fill in a template, after its transforms.

    Args:
        document: The template in long form.
        parameters: Values of parameters and pseudo parameters, as ``Ref`` returns them.

    Raises:
        TemplateError: the template is malformed, refers to something that it does not define,
            or is circular; or its rules refuse the parameters.
    """
    scope = Scope(parameters, document.get("Mappings", {}), _not_here, _not_here)
    require_rules(document.get("Rules", {}), scope)
    conditions = evaluate_all(document.get("Conditions", {}), scope)
    bodies = document["Resources"]
    wanted = {name: body for name, body in bodies.items() if _is_wanted(body, conditions)}
    unwanted = bodies.keys() - wanted.keys()
    resources = {
        logical_id: _resource(logical_id, prune(body, conditions), parameters, unwanted)
        for logical_id, body in wanted.items()
    }
    outputs = tuple(
        _output(key, body, conditions)
        for key, body in document.get("Outputs", {}).items()
        if _is_wanted(body, conditions)
    )
    _check_references(resources, outputs, parameters)
    order = in_dependency_order({name: item.depends_on for name, item in resources.items()})
    return Blueprint({name: resources[name] for name in order}, outputs, scope)


def _not_here(name: str, *_: str) -> object:
    raise TemplateError(
        f"Template error: Unresolved dependencies [{name}]. "
        "Cannot reference resources in the Conditions block of the template"
    )


def _is_wanted(body: Any, conditions: Mapping[str, bool]) -> bool:  # noqa: ANN401
    if not isinstance(body, dict):
        raise TemplateError(f"Template format error: every member must be an object, not {body!r}")
    name = body.get("Condition")
    if name is None:
        return True
    if name not in conditions:
        raise TemplateError(f"Template format error: Unresolved condition {name}")
    return conditions[name]


def _resource(
    logical_id: str, body: Document, parameters: Mapping[str, Any], unwanted: AbstractSet[str]
) -> ResourceDefinition:
    unknown = sorted(body.keys() - _RESOURCE_MEMBERS)
    if unknown or "Type" not in body:
        raise TemplateError(
            f"Invalid template resource property {unknown} of {logical_id}: it takes a Type and "
            f"of {sorted(_RESOURCE_MEMBERS)}; the embedded AWS supports no other"
        )
    properties = body.get("Properties") or {}
    explicit = body.get("DependsOn", [])
    # Waiting for a resource that its condition leaves out is no mistake; referring to one is.
    named = ({explicit} if isinstance(explicit, str) else set(explicit)) - unwanted
    referred = {name for name, _ in references(properties) if name not in parameters}
    return ResourceDefinition(
        logical_id=logical_id,
        type=body["Type"],
        properties=properties,
        depends_on=frozenset(named | referred),
        deletion_policy=_policy(body, "DeletionPolicy", _DELETION_POLICIES),
        update_replace_policy=_policy(body, "UpdateReplacePolicy", _UPDATE_REPLACE_POLICIES),
        metadata=body.get("Metadata"),
    )


def _policy(body: Document, member: str, supported: set[str]) -> str:
    policy = str(body.get(member, "Delete"))
    if policy not in supported:
        raise TemplateError(f"the embedded AWS does not support {member}: {policy}")
    return policy


def _output(key: str, body: Document, conditions: Mapping[str, bool]) -> Output:
    if "Export" in body:
        raise TemplateError(f"the embedded AWS does not support Export, which output {key} has")
    if "Value" not in body:
        raise TemplateError(f"Template format error: Output {key} is missing its Value")
    return Output(key, prune(body["Value"], conditions), body.get("Description"))


def _check_references(
    resources: Mapping[str, ResourceDefinition],
    outputs: tuple[Output, ...],
    parameters: Mapping[str, Any],
) -> None:
    needed = {name for resource in resources.values() for name in resource.depends_on}
    _refuse_unresolved(needed - resources.keys(), "Resources")
    taken = {name for output in outputs for name, _ in references(output.value)}
    _refuse_unresolved(taken - resources.keys() - parameters.keys(), "Outputs")


def _refuse_unresolved(names: set[str], block: str) -> None:
    if names:
        raise TemplateError(
            f"Template format error: Unresolved resource dependencies [{', '.join(sorted(names))}] "
            f"in the {block} block of the template"
        )
