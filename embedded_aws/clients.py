"""How the services of one instance call each other: boto3 on loopback, as somebody."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import ReadOnlyCredentials

from embedded_aws.acting_clients import ActingClients, ThreadsCredentials
from embedded_aws.clock import Clock
from embedded_aws.recent import Recent
from embedded_aws.service_principals import SERVICE_ACCESS_KEY_ID, ServicePrincipal

if TYPE_CHECKING:
    from embedded_aws.gateway.app import Gateway

# A Lambda function may work for 15 minutes before it answers.
_READ_TIMEOUT_SECONDS = 960
_CONFIG = Config(
    retries={"total_max_attempts": 1},
    s3={"addressing_style": "path"},
    read_timeout=_READ_TIMEOUT_SECONDS,
)
# AWS's SDKs renew so long before the end.
_RENEWED_BEFORE_END = timedelta(minutes=10)
_NEVER = datetime(9999, 12, 31, tzinfo=UTC)
_KEPT_CLIENTS = 512
_KEPT_SESSIONS = 512


@dataclass(frozen=True)
class Credentials:
    """Temporary credentials of an assumed role, or those of a service in its own name."""

    access_key_id: str
    secret_access_key: str
    session_token: str
    expires_at: datetime = _NEVER


_SERVICE = Credentials(SERVICE_ACCESS_KEY_ID, "unused", "")
Assumer = ServicePrincipal | Credentials | None
_Session = tuple[str, str, Assumer]


class ClientFactory:
    """Makes and keeps clients; every call is checked like any user's.

    It takes the front door until ``enter_directly``, and then only where it has to.
    """

    def __init__(self, endpoint_url: str, region: str, clock: Clock) -> None:
        self.endpoint_url = endpoint_url
        self.region = region
        self._clock = clock
        # A user's own profile must not reach in: it may not even exist on this machine.
        without_profile = botocore.session.Session({"profile": (None, None, None, None)})
        signer = ThreadsCredentials()
        without_profile.register_component("credential_provider", signer)
        self._session = boto3.Session(botocore_session=without_profile, region_name=region)
        self._acting = ActingClients(signer, clock)
        self._plain: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._clients: Recent[tuple[str, Credentials], Any] = Recent(_KEPT_CLIENTS)
        self._roles: Recent[_Session, Credentials] = Recent(_KEPT_SESSIONS)

    def enter_directly(self, gateway: Gateway) -> None:
        """Spare what can do without it the way over HTTP."""
        self._acting.gateway = gateway

    def as_service(self, service: str) -> Any:  # noqa: ANN401  # boto3 clients have no static type
        """A client that acts as AWS itself, whom no policy governs (resource creation)."""
        return self._client(service, _SERVICE)

    def as_principal(self, service: str, principal: ServicePrincipal) -> Any:  # noqa: ANN401
        """A client of a service in its own name: it may what resource policies let it."""
        return self._client(service, Credentials(principal.access_key_id, "unused", ""))

    def as_role(
        self,
        service: str,
        role_arn: str,
        session_name: str,
        assumer: ServicePrincipal | None = None,
    ) -> Any:  # noqa: ANN401
        """A client under the temporary credentials of a role that a service assumes."""
        return self._client(service, self.role_credentials(role_arn, session_name, assumer))

    def as_chained_role(
        self,
        service: str,
        role_arn: str,
        session_name: str,
        assuming: Credentials,
    ) -> Any:  # noqa: ANN401
        """A client under a role that a session of another role assumes, if it may."""
        return self._client(service, self._assumed(role_arn, session_name, assuming))

    def as_caller(self, service: str, access_key_id: str) -> Any:  # noqa: ANN401
        """A client that signs with the key of somebody's request, to ask who that is.

        Its signatures are worthless, and nothing here verifies them.
        """
        return self._client(service, Credentials(access_key_id, "unknown", ""))

    def role_credentials(
        self, role_arn: str, session_name: str, assumer: ServicePrincipal | None = None
    ) -> Credentials:
        """Credentials of a role session, kept until shortly before their end.

        Args:
            role_arn: The role; its trust policy must let the assumer in.
            session_name: How the session is to be called.
            assumer: The service that assumes it, for which resource; AWS itself if not given.

        Raises:
            ClientError: ``AccessDenied``, the role is gone or does not trust the assumer.
        """
        return self._assumed(role_arn, session_name, assumer)

    def forget_sessions(self, role_name: str) -> None:
        """Assume a role anew the next time, because it was deleted."""
        with self._lock:
            self._roles.drop(lambda key: key[0].rpartition("/")[2] == role_name)

    def _assumed(self, role_arn: str, session_name: str, assumer: Assumer) -> Credentials:
        key = (role_arn, session_name[:64], assumer)
        with self._lock:
            kept = self._roles.get(key)
        if kept is not None and kept.expires_at - _RENEWED_BEFORE_END > self._clock.now():
            return kept
        minted = self._mint(*key)
        with self._lock:
            self._roles.put(key, minted)
        return minted

    def _mint(self, role_arn: str, session_name: str, assumer: Assumer) -> Credentials:
        if isinstance(assumer, Credentials):
            sts = self._client("sts", assumer)
        elif assumer is not None:
            sts = self.as_principal("sts", assumer)
        else:
            sts = self.as_service("sts")
        answer = sts.assume_role(RoleArn=role_arn, RoleSessionName=session_name)["Credentials"]
        return Credentials(
            answer["AccessKeyId"],
            answer["SecretAccessKey"],
            answer["SessionToken"],
            answer["Expiration"],
        )

    def _client(self, service: str, credentials: Credentials) -> Any:  # noqa: ANN401
        # boto3 sessions are not thread-safe, its clients are.
        with self._lock:
            key = (service, credentials)
            kept = self._clients.get(key)
            if kept is None:
                kept = self._acting.acting(
                    self._of(service),
                    ReadOnlyCredentials(
                        credentials.access_key_id,
                        credentials.secret_access_key,
                        credentials.session_token or None,
                    ),
                )
                self._clients.put(key, kept)
            return kept

    def _of(self, service: str) -> Any:  # noqa: ANN401
        if service not in self._plain:
            self._plain[service] = self._session.client(
                service, endpoint_url=self.endpoint_url, config=_CONFIG
            )
        return self._plain[service]
