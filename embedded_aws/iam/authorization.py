"""Whether a call may be: everything that it needs, asked of everything that has a say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

from embedded_aws.clients import ClientFactory
from embedded_aws.clock import Clock
from embedded_aws.gateway.call import Call
from embedded_aws.gateway.service import Service, ServiceError
from embedded_aws.iam import denials, policies
from embedded_aws.iam.call_log import Judgement
from embedded_aws.iam.callers import Caller, Kind
from embedded_aws.iam.condition_keys import RequestKeys, UnevaluatedKey
from embedded_aws.iam.encryption import KeyUses
from embedded_aws.iam.evaluation import Ask, Policies, PolicyType
from embedded_aws.iam.identities import Identities
from embedded_aws.iam.looked_up_names import LookedUpNames
from embedded_aws.iam.policies import MalformedPolicy, Policy
from embedded_aws.iam.requirements import Requirement, requirements
from embedded_aws.iam.resource_policies import ResourcePolicies
from embedded_aws.iam.resource_tags import ResourceTags
from embedded_aws.iam.resources import Place
from embedded_aws.iam.verdicts import Verdict, Verdicts

# "Even if their bucket policy explicitly denies" it, lest nobody could (S3 API reference).
_ALWAYS_ROOTS = frozenset({"s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"})
_NEEDING_TRUST = frozenset({"sts:AssumeRole", "sts:TagSession"})


class AccessDenied(Exception):  # AWS's name
    """A call may not be.

    Attributes:
        error: What the caller is told.
        judgements: What was decided, the refusal last.
    """

    def __init__(self, error: ServiceError, judgements: tuple[Judgement, ...]) -> None:
        super().__init__(error.message)
        self.error = error
        self.judgements = judgements


class Authorization:
    """Evaluates calls against the policies of one account."""

    def __init__(
        self,
        place: Place,
        identities: Identities,
        services: Mapping[str, Service],
        clients: ClientFactory,
        clock: Clock,
    ) -> None:
        self._place = place
        self._identities = identities
        self._names = LookedUpNames(place, identities)
        self._resource_policies = ResourcePolicies(place, services)
        self._tags = ResourceTags(clients)
        self._key_uses = KeyUses(place)
        self._verdicts = Verdicts()
        self._clock = clock

    def judge(self, call: Call, caller: Caller) -> tuple[Judgement, ...]:
        """Decide on every action and resource that a call needs.

        Raises:
            AccessDenied: one of them is not allowed.
            ServiceError: it is not known here what the call needs, or what a policy asks.
        """
        judgements: list[Judgement] = []
        for requirement in self._requirements(call, caller):
            for resource in requirement.resources:
                judgements.append(self._judged(call, caller, requirement, resource, judgements))
        return tuple(judgements)

    def _requirements(self, call: Call, caller: Caller) -> tuple[Requirement, ...]:
        try:
            own = requirements(call, self._names.names_of(call, caller), self._place)
            return (*own, *self._key_uses.of(call))
        except LookupError as unknown:
            if caller.kind in {Kind.AWS, Kind.ROOT}:
                return ()
            message = f"the embedded AWS cannot tell what permission this needs: {unknown}"
            raise ServiceError("NotImplementedError", message, status=501) from unknown

    def _judged(
        self,
        call: Call,
        caller: Caller,
        requirement: Requirement,
        resource: str,
        before: list[Judgement],
    ) -> Judgement:
        action = requirement.action.name
        if caller.kind is Kind.AWS:
            return Judgement(action, resource, "not evaluated")
        if caller.kind is Kind.ROOT and action in _ALWAYS_ROOTS:
            return Judgement(action, resource, "allowed")
        if caller.kind is Kind.ROOT and action == "sts:AssumeRole":
            refused = Judgement(action, resource, "denied")
            raise AccessDenied(denials.roles_are_not_for_root(call.service), (*before, refused))
        keys = self._keys(call, caller, requirement, resource)
        ask = Ask(caller, action, resource, keys)
        verdict = self._decided(ask)
        judgement = _judgement(ask, verdict)
        if not verdict.decision.is_allowed:
            refusal = denials.denied(call.service, ask, verdict.decision)
            raise AccessDenied(refusal, (*before, judgement))
        return judgement

    def _decided(self, ask: Ask) -> Verdict:
        try:
            return self._verdicts.of(ask, self._policies(ask))
        except UnevaluatedKey as unknown:
            raise ServiceError("NotImplementedError", str(unknown), status=501) from unknown
        except MalformedPolicy as malformed:
            _fail(malformed)

    def _policies(self, ask: Ask) -> Policies:
        caller = ask.caller
        session = [policies.read(f"{caller.arn}/session", text) for text in caller.session_policies]
        trusting = ask.action in _NEEDING_TRUST
        resource = self._identities.trust(ask.resource) if trusting else self._of_resource(ask)
        return Policies(
            identity=self._identities.identity_policies(caller),
            boundary=self._identities.boundary(caller),
            session=tuple(session) or None,
            resource=resource,
            resource_type=PolicyType.TRUST if trusting else PolicyType.RESOURCE,
            # A key's policy must agree; of one that is not there the service tells.
            needs_resource=trusting or bool(_is_key(ask.resource) and resource),
        )

    def _of_resource(self, ask: Ask) -> tuple[Policy, ...]:
        is_anonymous = ask.caller.kind is Kind.ANONYMOUS
        if is_anonymous and not self._resource_policies.are_public(ask.resource):
            return ()
        return self._resource_policies.of(ask.resource)

    def _keys(
        self, call: Call, caller: Caller, requirement: Requirement, resource: str
    ) -> RequestKeys:
        return RequestKeys(
            call=call,
            caller=caller,
            requirement=requirement,
            resource=resource,
            now=self._clock.now(),
            principal_tags=lambda: self._identities.tags(caller),
            resource_tags=lambda: self._tags.of(resource),
        )


def _is_key(resource: str) -> bool:
    return resource.startswith("arn:aws:kms:") and ":key/" in resource


def _judgement(ask: Ask, verdict: Verdict) -> Judgement:
    return Judgement(
        action=ask.action,
        resource=ask.resource,
        decision="allowed" if verdict.decision.is_allowed else "denied",
        policy=verdict.decision.policy,
        statement=verdict.decision.statement,
        is_sole=verdict.is_sole,
    )


def _fail(malformed: MalformedPolicy) -> NoReturn:
    raise ServiceError("InternalFailure", str(malformed), status=500) from malformed
