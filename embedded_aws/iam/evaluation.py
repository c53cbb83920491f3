"""The decision by IAM's "Policy evaluation logic" (user guide), within one account."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from embedded_aws.iam.callers import Caller, Kind
from embedded_aws.iam.patterns import NoValue, filled, fits_resource
from embedded_aws.iam.policies import Policy, Principals, Statement


class Keys(Protocol):
    """Condition keys of one request; names are taken in any case."""

    def values(self, key: str) -> Sequence[str] | None:
        """The key's values, or ``None`` when the request has no such key."""
        ...


class PolicyType(StrEnum):
    """The kinds of policies, in the words of AWS's messages."""

    IDENTITY = "identity-based policy"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"
    RESOURCE = "resource-based policy"
    TRUST = "role trust policy"


@dataclass(frozen=True)
class Ask:
    """One action on one resource, asked by one caller."""

    caller: Caller
    action: str
    resource: str
    keys: Keys


@dataclass(frozen=True)
class Policies:
    """Everything that has a say.

    Attributes:
        boundary: ``None`` without a boundary; one that is gone allows nothing.
        session: Session policies, each of which must allow; ``None`` without any.
        needs_resource: Whether the resource's own policy must let the caller in, as role
            trust policies and key policies must.
    """

    identity: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    session: tuple[Policy, ...] | None = None
    resource: tuple[Policy, ...] = ()
    resource_type: PolicyType = PolicyType.RESOURCE
    needs_resource: bool = False


@dataclass(frozen=True)
class Decision:
    """Allowed or not, and by which statement, or for want of one in which policies.

    Attributes:
        policy: The name of the deciding policy, if a statement decided.
        statement: The Sid or index of that statement.
    """

    is_allowed: bool
    is_explicit: bool = False
    policy_type: PolicyType | None = None
    policy: str | None = None
    statement: str | None = None


class Reach(StrEnum):
    """How far a resource policy's Allow carries.

    User guide, "Evaluating identity-based policies with resource-based policies" and "AWS JSON
    policy elements: Principal": a grant to a user or to a role session is not limited by
    boundary and session policies, one to the role (or to everyone) is; one to the account
    only lets the account's own policies decide.
    """

    DIRECT = "direct"
    LIMITED = "limited"
    DELEGATED = "delegated"


def decide(ask: Ask, policies: Policies) -> Decision:
    """Decide by AWS's order: any Deny, then the resource's Allow, identity, boundary, session."""
    return _denial(ask, policies) or _grant(ask, policies)


def _denial(ask: Ask, policies: Policies) -> Decision | None:
    kinds: list[tuple[PolicyType, Iterable[Policy]]] = [
        (PolicyType.IDENTITY, policies.identity),
        (PolicyType.BOUNDARY, [policies.boundary] if policies.boundary else []),
        (PolicyType.SESSION, policies.session or ()),
        (policies.resource_type, policies.resource),
    ]
    for kind, several in kinds:
        for policy in several:
            for statement in policy.about(ask.action):
                if not statement.is_allow and _applies(statement, ask):
                    return Decision(False, True, kind, policy.name, statement.name)
    return None


def _grant(ask: Ask, policies: Policies) -> Decision:
    by_resource = _resource_grants(ask, policies)
    if Reach.DIRECT in by_resource:
        return by_resource[Reach.DIRECT]
    if ask.caller.kind in {Kind.SERVICE, Kind.ANONYMOUS}:
        return _lacking(policies.resource_type)
    grant = by_resource.get(Reach.LIMITED)
    if grant is None:
        if policies.needs_resource and Reach.DELEGATED not in by_resource:
            return _lacking(policies.resource_type)
        grant = _identity_grant(ask, policies)
    return _limit(ask, policies) or grant if grant.is_allowed else grant


def _identity_grant(ask: Ask, policies: Policies) -> Decision:
    if ask.caller.kind is Kind.ROOT:
        return Decision(is_allowed=True)
    return _allow(ask, PolicyType.IDENTITY, policies.identity) or _lacking(PolicyType.IDENTITY)


def _limit(ask: Ask, policies: Policies) -> Decision | None:
    if policies.boundary and not _allow(ask, PolicyType.BOUNDARY, [policies.boundary]):
        return _lacking(PolicyType.BOUNDARY)
    if policies.session is not None and not _allow(ask, PolicyType.SESSION, policies.session):
        return _lacking(PolicyType.SESSION)
    return None


def _lacking(kind: PolicyType) -> Decision:
    return Decision(is_allowed=False, policy_type=kind)


def _allow(ask: Ask, kind: PolicyType, policies: Iterable[Policy]) -> Decision | None:
    for policy in policies:
        for statement in policy.about(ask.action):
            if statement.is_allow and _applies(statement, ask):
                return Decision(True, True, kind, policy.name, statement.name)
    return None


def _resource_grants(ask: Ask, policies: Policies) -> dict[Reach, Decision]:
    grants: dict[Reach, Decision] = {}
    for policy in policies.resource:
        for statement in policy.about(ask.action):
            if statement.is_allow and _applies(statement, ask):
                reach = _reach(statement.principals, ask.caller)
                kind = policies.resource_type
                grants.setdefault(reach, Decision(True, True, kind, policy.name, statement.name))
    return grants


def _applies(statement: Statement, ask: Ask) -> bool:
    """Whether a statement that names the action is about this call."""
    return (
        _names_resource(statement, ask)
        and (statement.principals is None or _names_caller(statement.principals, ask.caller))
        and _conditions_hold(statement, ask)
    )


def _names_resource(statement: Statement, ask: Ask) -> bool:
    if statement.resources is None:
        return True
    found = any(_is_resource(name, statement, ask) for name in statement.resources.patterns)
    return found != statement.resources.is_negated


def _is_resource(pattern: str, statement: Statement, ask: Ask) -> bool:
    if pattern == "*":
        return True
    try:
        return fits_resource(_filled(pattern, statement, ask), ask.resource)
    except NoValue:
        return False


def _filled(pattern: str, statement: Statement, ask: Ask) -> str:
    if statement.has_variables and "${" in pattern:
        return filled(pattern, ask.keys.values)
    return pattern


def _names_caller(principals: Principals, caller: Caller) -> bool:
    named = any(name in _names_of(kind, caller) for kind, name in _each(principals))
    return named != principals.is_negated


def _each(principals: Principals) -> Iterable[tuple[str, str]]:
    return ((kind, name) for kind, names in principals.by_type for name in names)


def _names_of(kind: str, caller: Caller) -> frozenset[str]:
    if kind == "Service":
        return frozenset({"*", caller.name} if caller.kind is Kind.SERVICE else ())
    if kind != "AWS":
        return frozenset()
    if caller.kind in {Kind.ANONYMOUS, Kind.SERVICE}:
        return frozenset({"*"})
    account = {caller.account_id, caller.root_arn}
    return frozenset({"*", caller.arn, caller.principal_arn, *account})


def _reach(principals: Principals | None, caller: Caller) -> Reach:
    named = {name for _, name in _each(principals)} if principals else {"*"}
    if caller.kind in {Kind.ANONYMOUS, Kind.SERVICE, Kind.ROOT} or caller.arn in named:
        return Reach.DIRECT
    if principals is None or principals.is_negated or named & {"*", caller.principal_arn}:
        return Reach.LIMITED
    return Reach.DELEGATED


def _conditions_hold(statement: Statement, ask: Ask) -> bool:
    for condition in statement.conditions:
        wanted: Sequence[str] = condition.values
        if condition.operator.takes_variables:
            wanted = _with_values(condition.values, statement, ask)
        if not condition.operator.holds(ask.keys.values(condition.key), wanted):
            return False
    return True


def _with_values(patterns: Sequence[str], statement: Statement, ask: Ask) -> list[str]:
    known = []
    for pattern in patterns:
        try:
            known.append(_filled(pattern, statement, ask))
        except NoValue:
            continue
    return known
