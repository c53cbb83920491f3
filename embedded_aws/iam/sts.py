"""The Security Token Service, natively: moto's assumes any role for anybody and forever."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from embedded_aws.clock import Clock
from embedded_aws.gateway.service import (
    Operation,
    Parameters,
    RequestContext,
    Result,
    ServiceError,
)
from embedded_aws.iam.callers import Caller, Kind
from embedded_aws.iam.identification import Identification
from embedded_aws.iam.identities import Identities
from embedded_aws.iam.sessions import RoleSession, Sessions, secret

_UNSUPPORTED = ("TransitiveTagKeys", "SerialNumber", "TokenCode", "SourceIdentity")
_DEFAULT_SECONDS = 3600
_CHAINED_SECONDS = 3600
# AWS ends an execution environment before its keys end; here an idle one is kept through any
# jump of the clock, and so are its keys.
_ENVIRONMENTS = "lambda.amazonaws.com"
_NEVER = datetime(9999, 12, 31, tzinfo=UTC)


class Sts:
    """AssumeRole and GetCallerIdentity; whether a role may be assumed is decided at the gate.

    Not supported, and refused: federation, GetSessionToken, MFA, source identities,
    transitive tags, decoding of authorization messages.
    """

    name = "sts"

    def __init__(
        self,
        identities: Identities,
        identification: Identification,
        sessions: Sessions,
        clock: Clock,
    ) -> None:
        self._identities = identities
        self._identification = identification
        self._sessions = sessions
        self._clock = clock

    def operations(self) -> Mapping[str, Operation]:
        """What callers may ask."""
        return {
            "AssumeRole": self._assume_role,
            "GetAccessKeyInfo": self._key_info,
            "GetCallerIdentity": self._caller_identity,
        }

    def close(self) -> None:
        """Nothing runs."""

    def _caller_identity(self, _: Parameters, context: RequestContext) -> Result:
        caller = self._identification.caller(context.access_key_id)
        # Services have no identity of their own there; none of them asks in earnest.
        arn = caller.arn if caller.arn.startswith("arn:") else caller.root_arn
        user_id = caller.user_id or caller.account_id
        return {"UserId": user_id, "Account": caller.account_id, "Arn": arn}

    def _key_info(self, _: Parameters, context: RequestContext) -> Result:
        return {"Account": context.account_id}

    def _assume_role(self, parameters: Parameters, context: RequestContext) -> Result:
        unsupported = [name for name in _UNSUPPORTED if parameters.get(name)]
        if unsupported:
            message = f"the embedded AWS does not support {unsupported} of AssumeRole"
            raise ServiceError("NotImplementedError", message, status=501)
        caller = self._identification.caller(context.access_key_id)
        session = self._session(parameters, caller)
        self._sessions.add(session, self._clock.now())
        return {
            "Credentials": {
                "AccessKeyId": session.access_key_id,
                "SecretAccessKey": session.secret_access_key,
                "SessionToken": session.session_token,
                "Expiration": session.expires_at,
            },
            "AssumedRoleUser": {
                "AssumedRoleId": f"{session.role_id}:{session.name}",
                "Arn": session.arn,
            },
        }

    def _session(self, parameters: Parameters, caller: Caller) -> RoleSession:
        role_arn = parameters["RoleArn"]
        role = self._identities.role(role_arn)
        if role is None:
            message = (
                f"User: {caller.arn} is not authorized to perform: sts:AssumeRole "
                f"on resource: {role_arn}"
            )
            raise ServiceError("AccessDenied", message, status=403)
        return RoleSession(
            access_key_id=self._sessions.new_key_id(),
            secret_access_key=secret(40),
            session_token=secret(300),
            role_arn=role_arn,
            role_id=role.id,
            name=parameters["RoleSessionName"],
            expires_at=self._end(parameters, caller, role.max_session_duration),
            policies=tuple(self._session_policies(parameters)),
            tags=tuple((tag["Key"], tag["Value"]) for tag in parameters.get("Tags", ())),
        )

    def _end(self, parameters: Parameters, caller: Caller, longest: str | None) -> datetime:
        if caller.name == _ENVIRONMENTS:
            return _NEVER
        seconds = parameters.get("DurationSeconds", _DEFAULT_SECONDS)
        if caller.kind is Kind.ROLE_SESSION and seconds > _CHAINED_SECONDS:
            raise ServiceError(
                "ValidationError",
                "The requested DurationSeconds exceeds the 1 hour session limit for roles "
                "assumed by role chaining",
            )
        if seconds > int(longest or _DEFAULT_SECONDS):
            raise ServiceError(
                "ValidationError",
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
            )
        return self._clock.now() + timedelta(seconds=seconds)

    def _session_policies(self, parameters: Parameters) -> Iterator[str]:
        if parameters.get("Policy"):
            yield parameters["Policy"]
        for reference in parameters.get("PolicyArns", ()):
            policy = self._identities.managed_document(reference["arn"])
            if policy is None:
                message = f"Policy {reference['arn']} does not exist or is not attachable."
                raise ServiceError("ValidationError", message)
            yield policy
