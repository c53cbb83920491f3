"""Who makes a call, in the terms that policies know."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Kinds of principals; ``AWS`` is the embedded AWS itself, whose doings no policy governs."""

    ROOT = "Account"
    USER = "User"
    ROLE_SESSION = "AssumedRole"
    SERVICE = "Service"
    ANONYMOUS = "Anonymous"
    AWS = "AWS"


@dataclass(frozen=True)
class Source:
    """The resource on whose behalf a service calls: ``aws:SourceArn`` and its account."""

    arn: str | None = None
    account_id: str | None = None


@dataclass(frozen=True)
class Caller:
    """One principal.

    Attributes:
        arn: What GetCallerIdentity tells: of a role session, the session's.
        principal_arn: ``aws:PrincipalArn``: of a role session, the role's.
        user_id: The unique id, with the session's name where there is one.
        name: The user's or the role's name, or the service's (``states.amazonaws.com``).
    """

    kind: Kind
    account_id: str
    arn: str
    principal_arn: str
    user_id: str = ""
    name: str = ""
    session_policies: tuple[str, ...] = ()
    session_tags: tuple[tuple[str, str], ...] = ()
    source: Source = Source()

    @property
    def root_arn(self) -> str:
        """How policies name the caller's account."""
        return f"arn:aws:iam::{self.account_id}:root"


def root(account_id: str) -> Caller:
    """The account's root user."""
    arn = f"arn:aws:iam::{account_id}:root"
    return Caller(Kind.ROOT, account_id, arn, arn, user_id=account_id)


def itself(account_id: str) -> Caller:
    """The embedded AWS at its own work: log delivery, resource creation without a role."""
    return Caller(Kind.AWS, account_id, "AWS Internal", "AWS Internal")


def anonymous(account_id: str) -> Caller:
    """Whoever sends an unsigned request."""
    return Caller(Kind.ANONYMOUS, account_id, "*", "*")


def service(principal: str, account_id: str, source_arn: str | None) -> Caller:
    """An AWS service that acts in its own name, for a resource of this account."""
    source = Source(source_arn, account_id)
    return Caller(Kind.SERVICE, account_id, principal, principal, name=principal, source=source)
