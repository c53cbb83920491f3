"""Who an approver is, from what SageMaker tells of whoever changed something."""

from __future__ import annotations

from typing import Any

import pytest

from lineage.signature import identity

ROLE = "arn:aws:sts::123456789012:assumed-role/studio/SageMaker"
BY_ROLE = {"Arn": ROLE, "PrincipalId": "AROA:SageMaker"}


@pytest.mark.parametrize(
    ("user", "told"),
    [
        ({"IamIdentity": BY_ROLE}, ROLE),
        ({"IamIdentity": {"PrincipalId": "AROA:ada"}}, "AROA:ada"),
        ({"IamIdentity": BY_ROLE | {"SourceIdentity": "ada"}}, f"{ROLE} (ada)"),
        ({"IamIdentity": BY_ROLE, "UserProfileName": "ada"}, f"{ROLE} (ada)"),
        ({"UserProfileName": "ada"}, "ada"),
        ({}, ""),
    ],
    ids=["role", "principal", "source-identity", "profile-and-role", "profile", "nobody"],
)
def test_who_shares_a_role_is_told_beside_it(user: dict[str, Any], told: str) -> None:
    assert identity(user) == told
