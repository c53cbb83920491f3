"""Who signed a request, by the access key alone: signatures and tokens are not verified."""

from __future__ import annotations

from embedded_aws import service_principals
from embedded_aws.clock import Clock
from embedded_aws.iam import callers
from embedded_aws.iam.callers import Caller, Kind
from embedded_aws.iam.identities import Identities
from embedded_aws.iam.sessions import Sessions


class UnknownKey(LookupError):
    """An access key that IAM or STS gave out and that is no more, or is not active."""


class ExpiredKey(LookupError):
    """A session's key after the session's end."""


class Identification:
    """Tells callers by their keys.

    A key that this account never gave out acts as the account's root user, so that any dummy
    credentials work; one that it gave out and took back does not.
    """

    def __init__(
        self, account_id: str, identities: Identities, sessions: Sessions, clock: Clock
    ) -> None:
        self._account_id = account_id
        self._identities = identities
        self._sessions = sessions
        self._clock = clock

    def caller(self, access_key_id: str) -> Caller:
        """The principal of a key.

        Raises:
            UnknownKey, ExpiredKey: the key is not good any more.
        """
        if not access_key_id:
            return callers.anonymous(self._account_id)
        if access_key_id == service_principals.SERVICE_ACCESS_KEY_ID:
            return callers.itself(self._account_id)
        try:
            principal = service_principals.of_key(access_key_id)
        except (TypeError, ValueError) as malformed:
            raise UnknownKey(access_key_id) from malformed
        if principal is not None:
            return callers.service(principal.name, self._account_id, principal.source_arn)
        return self._session(access_key_id) or self._user(access_key_id)

    def _session(self, access_key_id: str) -> Caller | None:
        session = self._sessions.find(access_key_id)
        if session is None:
            if access_key_id.startswith("ASIA") and self._sessions.is_of_account(access_key_id):
                raise ExpiredKey(access_key_id)
            return None
        if session.expires_at <= self._clock.now():
            raise ExpiredKey(access_key_id)
        return Caller(
            Kind.ROLE_SESSION,
            self._account_id,
            session.arn,
            session.role_arn,
            user_id=f"{session.role_id}:{session.name}",
            name=session.role_arn.rpartition("/")[2],
            session_policies=session.policies,
            session_tags=session.tags,
        )

    def _user(self, access_key_id: str) -> Caller:
        found = self._identities.user_of_key(access_key_id)
        if found is None:
            if access_key_id.startswith("AKIA") and self._sessions.is_of_account(access_key_id):
                raise UnknownKey(access_key_id)
            return callers.root(self._account_id)
        user, is_active = found
        if not is_active:
            raise UnknownKey(access_key_id)
        return Caller(
            Kind.USER, self._account_id, user.arn, user.arn, user_id=user.id, name=user.name
        )
