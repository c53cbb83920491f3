"""What IAM knows of users and roles, read from moto's backend in this process.

Evaluation is part of the IAM service: going through the API would cost milliseconds a call.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from moto.iam.models import iam_backends

from embedded_aws.iam import policies
from embedded_aws.iam.callers import Caller, Kind
from embedded_aws.iam.policies import Policy

_ACCOUNT_ID = re.compile(r"\d{12}")
_ARN_PARTS = 5


class Identities:
    """Users, groups and roles of one account."""

    def __init__(self, account_id: str) -> None:
        self._account_id = account_id

    @cached_property
    def _iam(self) -> Any:  # noqa: ANN401  # moto is untyped
        return iam_backends[self._account_id]["aws"]

    def role(self, role_arn: str) -> Any | None:  # noqa: ANN401  # as above
        """The role of an ARN, as it is now."""
        name = role_arn.rpartition("/")[2]
        # Moto makes the ARN anew whenever it is asked for.
        named = (role for role in list(self._iam.roles.values()) if role.name == name)
        return next((role for role in named if role.arn == role_arn), None)

    def is_principal(self, name: str) -> bool:
        """Whether a policy may name this: everyone, an account, or who exists in this one.

        Principals of other accounts cannot be known here, and are taken for existing.
        """
        if name == "*" or _ACCOUNT_ID.fullmatch(name):
            return True
        parts = name.split(":", _ARN_PARTS)
        if len(parts) <= _ARN_PARTS or parts[0] != "arn" or "*" in name:
            return False
        if parts[4] != self._account_id or parts[_ARN_PARTS] == "root":
            return True
        return self._exists(name, *parts[_ARN_PARTS].split("/"))

    def _exists(self, arn: str, kind: str, *names: str) -> bool:
        if kind == "assumed-role":
            return names[0] in {role.name for role in list(self._iam.roles.values())}
        entities = [*self._iam.roles.values(), *self._iam.users.values()]
        return any(entity.arn == arn for entity in entities)

    def user_of_key(self, access_key_id: str) -> tuple[Any, bool] | None:
        """The user of an access key, and whether the key is active."""
        for user in list(self._iam.users.values()):
            for key in list(user.access_keys):
                if key.access_key_id == access_key_id:
                    return user, key.status == "Active"
        return None

    def identity_policies(self, caller: Caller) -> tuple[Policy, ...]:
        """Inline and managed policies of a user and its groups, or of a role."""
        return tuple(
            policy for entity in self._entities(caller) for policy in self._attached(entity)
        )

    def boundary(self, caller: Caller) -> Policy | None:
        """The permissions boundary of a user or role."""
        for entity in self._entities(caller):
            arn = getattr(entity, "permissions_boundary_arn", None)
            if arn:
                return self.managed(arn) or Policy(arn, ())
        return None

    def managed(self, policy_arn: str) -> Policy | None:
        """The default version of a managed policy."""
        document = self.managed_document(policy_arn)
        return None if document is None else policies.read(policy_arn, document)

    def managed_document(self, policy_arn: str) -> str | None:
        """The text of a managed policy's default version."""
        policy = self._iam.managed_policies.get(policy_arn)
        return _default_document(policy) if policy else None

    def tags(self, caller: Caller) -> dict[str, str]:
        """The tags of a user or role."""
        entities = list(self._entities(caller))
        return {tag["Key"]: tag["Value"] for tag in (entities[0].tags if entities else None) or []}

    def trust(self, role_arn: str) -> tuple[Policy, ...]:
        """A role's trust policy."""
        role = self.role(role_arn)
        return (policies.read(role_arn, role.assume_role_policy_document),) if role else ()

    def path(self, kind: str, name: str) -> str:
        """The path of an existing user, role or group, ``/`` as a rule."""
        entities = getattr(self._iam, f"{kind}s").values()
        return next((str(each.path) for each in list(entities) if each.name == name), "/")

    def _entities(self, caller: Caller) -> Iterator[Any]:
        if caller.kind is Kind.ROLE_SESSION:
            # A session does not outlive its role, nor act for another one of the same name.
            role = self._iam.roles.get(caller.user_id.partition(":")[0])
            if role is not None:
                yield role
        elif caller.kind is Kind.USER and caller.name in self._iam.users:
            user = self._iam.users[caller.name]
            yield user
            yield from (group for group in list(self._iam.groups.values()) if user in group.users)

    @staticmethod
    def _attached(entity: Any) -> Iterator[Policy]:  # noqa: ANN401  # as above
        for name, document in list(entity.policies.items()):
            yield policies.read(f"{entity.arn}/{name}", document)
        for policy in list(entity.managed_policies.values()):
            yield policies.read(policy.arn, _default_document(policy))


def _default_document(policy: Any) -> str:  # noqa: ANN401  # as above
    versions = policy.versions
    return str(next(v.document for v in versions if v.version_id == policy.default_version_id))
