"""What only the services can tell of a name: a key's alias, a role's path, who "I" am."""

from __future__ import annotations

from typing import Any

from moto.kms.models import kms_backends

from embedded_aws.gateway.call import Call
from embedded_aws.iam.callers import Caller, Kind
from embedded_aws.iam.identities import Identities
from embedded_aws.iam.request_names import Names, names_of
from embedded_aws.iam.resources import Place


class LookedUpNames:
    """Completes the names of a request's resources from the state of their services."""

    def __init__(self, place: Place, identities: Identities) -> None:
        self._place = place
        self._identities = identities

    def names_of(self, call: Call, caller: Caller) -> Names:
        """The names of a call, as ``request_names.names_of`` has them, and what they stand for."""
        names = names_of(call)
        if call.service == "kms":
            return {**names, **self._keys(names)}
        if call.service == "iam":
            return {**names, **self._entities(names, caller)}
        return names

    def _keys(self, names: Names) -> Names:
        given = names.get("KeyId")
        if given is None:
            return {}
        kms = kms_backends[self._place.account_id][self._place.region]
        keys = given if isinstance(given, list) else [given]
        return {"KeyId": [_key_id(kms, key) for key in keys]}

    def _entities(self, names: Names, caller: Caller) -> Names:
        known = {}
        for kind in ("user", "role", "group"):
            name = names.get(f"{kind.capitalize()}Name", "")
            path = self._identities.path(kind, name).lstrip("/")
            if path:
                known[f"{kind.capitalize()}NameWithPath"] = path + name
        if "UserName" not in names and caller.kind is Kind.USER:
            # Users need not name themselves (API reference of GetUser and its like).
            known["UserNameWithPath"] = caller.arn.partition(":user/")[2]
        return known


def _key_id(kms: Any, given: str) -> str:  # noqa: ANN401  # moto is untyped
    alias = kms.get_alias_name(given)
    if alias.startswith("alias/") and kms.get_key_id_from_alias(alias) is None:
        # The service will say so.
        return given
    return str(kms.any_id_to_key_id(given))
