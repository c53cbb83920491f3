"""Sessions of roles: temporary keys, which end on the virtual clock."""

from __future__ import annotations

import base64
import secrets
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from moto.iam.utils import generate_access_key_id_from_account_id

_ACCOUNT_CHARACTERS = 12
# An expired key is told as such while it is kept, and by its form thereafter.
_KEPT_AFTER_END = timedelta(hours=1)


@dataclass(frozen=True)
class RoleSession:
    """What AssumeRole hands out.

    Attributes:
        role_id: Of the role as it was; one made anew under the name is another.
        policies: Documents that limit the session.
    """

    access_key_id: str
    secret_access_key: str
    session_token: str
    role_arn: str
    role_id: str
    name: str
    expires_at: datetime
    policies: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()

    @cached_property
    def arn(self) -> str:
        """The ARN of the session as a principal; one text for all that the call log keeps."""
        account_id, _, role = self.role_arn.split(":", 4)[4].partition(":role/")
        return f"arn:aws:sts::{account_id}:assumed-role/{role.rpartition('/')[2]}/{self.name}"


class Sessions:
    """All sessions of one account that are not long over."""

    def __init__(self, account_id: str) -> None:
        self._account_id = account_id
        self._lock = threading.Lock()
        self._by_key: dict[str, RoleSession] = {}

    def new_key_id(self) -> str:
        """A temporary access key's id, which tells the account as real ones do."""
        return str(generate_access_key_id_from_account_id(self._account_id, prefix="ASIA"))

    def add(self, session: RoleSession, now: datetime) -> None:
        """Keep a session, and forget those that ended long ago."""
        with self._lock:
            kept = self._by_key.items()
            self._by_key = {
                key: each for key, each in kept if each.expires_at + _KEPT_AFTER_END > now
            }
            self._by_key[session.access_key_id] = session

    def find(self, access_key_id: str) -> RoleSession | None:
        """The session of a key."""
        with self._lock:
            return self._by_key.get(access_key_id)

    def is_of_account(self, access_key_id: str) -> bool:
        """Tell whether IAM or STS of this account handed a key out, by the form of its id."""
        issued = self.new_key_id()
        return access_key_id[4:_ACCOUNT_CHARACTERS] == issued[4:_ACCOUNT_CHARACTERS]


def secret(length: int) -> str:
    """A random secret or token."""
    return base64.b32encode(secrets.token_bytes(length)).decode()[:length]
