"""Policy documents as immutable values, read once and strictly (IAM JSON policy reference)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from embedded_aws.iam import operators
from embedded_aws.iam.patterns import fits_any_case

_ELEMENTS = frozenset(
    {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource"}
    | {"NotResource", "Condition"}
)
_MEMBERS = frozenset({"Version", "Id", "Statement"})
_VARIABLES_VERSION = "2012-10-17"
_VERSIONS = frozenset({"2008-10-17", _VARIABLES_VERSION})
_PRINCIPAL_TYPES = frozenset({"AWS", "Service", "Federated", "CanonicalUser"})
_KEPT_DOCUMENTS = 4096


class MalformedPolicy(ValueError):
    """A document that is no policy, or that says something which IAM does not know."""


@dataclass(frozen=True)
class Names:
    """An element and its opposite: what is named, or all but that."""

    patterns: tuple[str, ...]
    is_negated: bool = False

    def have_action(self, action: str) -> bool:
        """Whether an action is among them."""
        return any(fits_any_case(each, action) for each in self.patterns) != self.is_negated


@dataclass(frozen=True)
class Principals:
    """Whom a statement of a resource policy is about; ``AWS: ("*",)`` is everyone."""

    by_type: tuple[tuple[str, tuple[str, ...]], ...]
    is_negated: bool = False


@dataclass(frozen=True)
class Condition:
    """One operator on one key: ``StringLike`` of ``s3:prefix`` against its patterns."""

    operator: operators.Operator
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Statement:
    """One statement; without ``resources`` (in trust policies) it is about the policy's owner.

    Attributes:
        name: Its Sid, or its index among the policy's statements.
        has_variables: Whether ``${...}`` means something: version 2012-10-17 only.
    """

    name: str
    is_allow: bool
    principals: Principals | None
    actions: Names
    resources: Names | None
    conditions: tuple[Condition, ...]
    has_variables: bool


# One text is read once, so equal ones are one object, by which they are hashed all the time.
@dataclass(frozen=True, eq=False)
class Policy:
    """A named document.

    Attributes:
        name: The ARN of a managed policy; otherwise the owner's ARN and the policy's name.
    """

    name: str
    statements: tuple[Statement, ...]

    def about(self, action: str) -> tuple[Statement, ...]:
        """The statements that name an action: of many a policy one, and it is asked all night."""
        found = self._by_action.get(action)
        if found is None:
            found = tuple(it for it in self.statements if it.actions.have_action(action))
            self._by_action[action] = found
        return found

    def without(self, statement: str) -> Policy:
        """The rest of it, but for a statement of this name."""
        rest = self._rests.get(statement)
        if rest is None:
            rest = Policy(self.name, tuple(it for it in self.statements if it.name != statement))
            self._rests[statement] = rest
        return rest

    @cached_property
    def _by_action(self) -> dict[str, tuple[Statement, ...]]:
        return {}

    @cached_property
    def _rests(self) -> dict[str, Policy]:
        return {}


@lru_cache(maxsize=_KEPT_DOCUMENTS)
def read(name: str, document: str) -> Policy:
    """Read a document; the same text is read once.

    Raises:
        MalformedPolicy: what is wrong, and where.
    """
    try:
        parsed = json.loads(document)
    except ValueError as malformed:
        raise MalformedPolicy(f"{name} is no JSON: {malformed}") from malformed
    return of_document(name, parsed)


def of_document(name: str, document: Mapping[str, Any]) -> Policy:
    """A policy whose JSON is parsed already, as boto3 hands it out.

    Raises:
        MalformedPolicy: what is wrong, and where.
    """
    try:
        version = _version(document)
        statements = tuple(
            _statement(index, statement, has_variables=version == _VARIABLES_VERSION)
            for index, statement in enumerate(_listed(document["Statement"]))
        )
    except (AttributeError, KeyError, TypeError) as malformed:
        raise MalformedPolicy(f"{name} is no policy: {malformed!r}") from malformed
    return Policy(name, statements)


def _version(document: Mapping[str, Any]) -> str:
    if unknown := document.keys() - _MEMBERS:
        raise MalformedPolicy(f"unknown fields of the policy: {sorted(unknown)}")
    version = document.get("Version", "2008-10-17")
    if version not in _VERSIONS:
        raise MalformedPolicy(f"the version {version} is none of {sorted(_VERSIONS)}")
    return str(version)


def _statement(index: int, statement: Mapping[str, Any], *, has_variables: bool) -> Statement:
    unknown = statement.keys() - _ELEMENTS
    if unknown:
        raise MalformedPolicy(f"statement {index} has unknown elements {sorted(unknown)}")
    if statement["Effect"] not in {"Allow", "Deny"}:
        raise MalformedPolicy(f"statement {index} has the effect {statement['Effect']}")
    actions = _names(statement, "Action")
    if actions is None:
        raise MalformedPolicy(f"statement {index} has neither Action nor NotAction")
    return Statement(
        name=statement.get("Sid") or str(index),
        is_allow=statement["Effect"] == "Allow",
        principals=_principals(statement),
        actions=actions,
        resources=_names(statement, "Resource"),
        conditions=tuple(_conditions(statement.get("Condition", {}))),
        has_variables=has_variables,
    )


def _names(statement: Mapping[str, Any], element: str) -> Names | None:
    name = _present(statement, element)
    if name is None:
        return None
    return Names(_strings(name, statement[name]), is_negated=name != element)


def _present(statement: Mapping[str, Any], element: str) -> str | None:
    names = [name for name in (element, f"Not{element}") if name in statement]
    if len(names) > 1:
        raise MalformedPolicy(f"a statement has both {names[0]} and {names[1]}")
    return names[0] if names else None


def _strings(element: str, value: object) -> tuple[str, ...]:
    strings = tuple(each for each in _listed(value) if isinstance(each, str))
    if not strings or len(strings) != len(_listed(value)):
        raise MalformedPolicy(f"{element} is neither a string nor a list of strings: {value}")
    return strings


def _principals(statement: Mapping[str, Any]) -> Principals | None:
    name = _present(statement, "Principal")
    if name is None:
        return None
    return Principals(_by_type(statement[name]), is_negated=name != "Principal")


def _by_type(principal: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:  # noqa: ANN401  # "*" or a mapping
    if principal == "*":
        return (("AWS", ("*",)),)
    if unknown := principal.keys() - _PRINCIPAL_TYPES:
        raise MalformedPolicy(f"unknown types of principals: {sorted(unknown)}")
    return tuple((kind, _strings(kind, named)) for kind, named in principal.items())


def _conditions(block: Mapping[str, Mapping[str, Any]]) -> Iterable[Condition]:
    for name, keys in block.items():
        operator = operators.operator(name)
        if operator is None:
            raise MalformedPolicy(f"there is no condition operator {name}")
        for key, values in keys.items():
            yield Condition(operator, key, tuple(_text(value) for value in _listed(values)))


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _listed(value: Any) -> list[Any]:  # noqa: ANN401  # a document's one or many
    return value if isinstance(value, list) else [value]
