"""Who decided something, when and why: as a document, and as properties of an action."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from lineage.model import Properties

APPROVAL = {"By": "ApprovedBy", "At": "ApprovedAt", "Comment": "ApprovalComment"}
"""An approval's members, and what they are called as properties of a deployment's action."""
ROLLBACK = {"By": "RolledBackBy", "At": "RolledBackAt", "Comment": "RollbackComment"}
"""The same for a rollback that an operator asked for."""


@dataclass(frozen=True)
class Signature:
    """Who decided, when (ISO, UTC), and why."""

    by: str
    at: str
    comment: str | None = None

    @classmethod
    def parse(cls, document: Mapping[str, Any] | None) -> Self | None:
        """Read a member such as Approval, if there is one."""
        if document is None:
            return None
        return cls(document["By"], document["At"], document.get("Comment"))

    @classmethod
    def told_by(cls, properties: Properties, keys: Mapping[str, str]) -> Self | None:
        """Read the properties of a deployment's action, under the names of such a member."""
        told = {member: properties[key] for member, key in keys.items() if key in properties}
        return cls.parse(told or None)

    @property
    def document(self) -> dict[str, str]:
        """What ``parse`` reads."""
        comment = {} if self.comment is None else {"Comment": self.comment}
        return {"By": self.by, "At": self.at, **comment}

    def properties(self, keys: Mapping[str, str]) -> dict[str, str]:
        """What ``told_by`` reads."""
        return {keys[member]: text for member, text in self.document.items()}


def identity(user: Mapping[str, Any]) -> str:
    """Who a UserContext of SageMaker is about; empty if it does not say.

    Whoever works in Studio, or under a role that many assume, is told beside the role (API
    reference, UserContext and IamIdentity: "the person or application which assumes" it).
    """
    iam = user.get("IamIdentity", {})
    caller = iam.get("Arn") or iam.get("PrincipalId", "")
    person = user.get("UserProfileName") or iam.get("SourceIdentity", "")
    return f"{caller} ({person})" if caller and person else caller or person


def signatures(approval: Signature | None, rollback: Signature | None) -> dict[str, Any]:
    """Those that there are, as members of a document."""
    members = {"Approval": approval, "Rollback": rollback}
    return {name: signed.document for name, signed in members.items() if signed}
