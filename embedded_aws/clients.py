"""How the services of one instance call each other: boto3 on loopback, as somebody."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

SERVICE_ACCESS_KEY_ID = "EMBEDDEDAWSSERVICE"
# A Lambda function may work for 15 minutes before it answers.
_READ_TIMEOUT_SECONDS = 960
_CONFIG = Config(
    retries={"total_max_attempts": 1},
    s3={"addressing_style": "path"},
    read_timeout=_READ_TIMEOUT_SECONDS,
)


@dataclass(frozen=True)
class Credentials:
    """Temporary credentials of an assumed role, or of the services themselves."""

    access_key_id: str
    secret_access_key: str
    session_token: str


_SERVICE = Credentials(SERVICE_ACCESS_KEY_ID, "unused", "")


class ClientFactory:
    """Makes and keeps clients; every call goes through the front door like any user's."""

    def __init__(self, endpoint_url: str, region: str) -> None:
        self.endpoint_url = endpoint_url
        self.region = region
        # A user's own profile must not reach in: it may not even exist on this machine.
        without_profile = botocore.session.Session({"profile": (None, None, None, None)})
        self._session = boto3.Session(botocore_session=without_profile, region_name=region)
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, Credentials], Any] = {}
        self._roles: dict[tuple[str, str], Credentials] = {}

    def as_service(self, service: str) -> Any:  # noqa: ANN401  # boto3 clients have no static type
        """A client that acts as AWS itself (log delivery, event delivery, resource creation)."""
        return self._client(service, _SERVICE)

    def as_role(self, service: str, role_arn: str, session_name: str) -> Any:  # noqa: ANN401
        """A client under a role's temporary credentials."""
        return self._client(service, self.role_credentials(role_arn, session_name))

    def as_chained_role(
        self, service: str, role_arn: str, session_name: str, assuming_role_arn: str
    ) -> Any:  # noqa: ANN401
        """A client under a role that a session of another role assumes, if it may."""
        key = (f"{assuming_role_arn} {role_arn}", session_name)
        with self._lock:
            kept = self._roles.get(key)
        if kept is None:
            sts = self.as_role("sts", assuming_role_arn, session_name)
            answer = sts.assume_role(RoleArn=role_arn, RoleSessionName=session_name)
            minted = answer["Credentials"]
            kept = Credentials(
                minted["AccessKeyId"], minted["SecretAccessKey"], minted["SessionToken"]
            )
            with self._lock:
                self._roles[key] = kept
        return self._client(service, kept)

    def as_caller(self, service: str, access_key_id: str) -> Any:  # noqa: ANN401
        """A client that signs with the key of somebody's request, to ask who that is.

        Its signatures are worthless, and nothing here verifies them.
        """
        return self._client(service, Credentials(access_key_id, "unknown", ""))

    def role_credentials(self, role_arn: str, session_name: str) -> Credentials:
        """Credentials of a role session, minted once per role and session name.

        They outlive the role, and STS is moto's, which assumes any role: whether a service may
        assume one is for ``service_roles.trusts`` to tell.
        """
        key = (role_arn, session_name)
        with self._lock:
            kept = self._roles.get(key)
        if kept is not None:
            return kept
        minted = self._assume(role_arn, session_name)
        with self._lock:
            return self._roles.setdefault(key, minted)

    def _assume(self, role_arn: str, session_name: str) -> Credentials:
        answer = self.as_service("sts").assume_role(
            RoleArn=role_arn, RoleSessionName=session_name[:64]
        )
        minted = answer["Credentials"]
        return Credentials(minted["AccessKeyId"], minted["SecretAccessKey"], minted["SessionToken"])

    def _client(self, service: str, credentials: Credentials) -> Any:  # noqa: ANN401
        # boto3 sessions are not thread-safe, its clients are.
        with self._lock:
            key = (service, credentials)
            if key not in self._clients:
                self._clients[key] = self._session.client(
                    service,
                    endpoint_url=self.endpoint_url,
                    aws_access_key_id=credentials.access_key_id,
                    aws_secret_access_key=credentials.secret_access_key,
                    aws_session_token=credentials.session_token or None,
                    config=_CONFIG,
                )
            return self._clients[key]
