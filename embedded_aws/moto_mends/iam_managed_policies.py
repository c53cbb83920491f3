"""Moto starts without AWS's managed policies, so roles that SAM makes cannot attach theirs."""

from __future__ import annotations

import json
from copy import copy
from functools import cache
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, IAMBackend

_STOCK = IAMBackend._init_aws_policies  # noqa: SLF001  # what is mended


def apply() -> None:
    """Let the backend of the commercial partition know the policies that moto brings along.

    Moto's own switch would load them into the backends of all partitions, which takes seconds.
    """
    IAMBackend._init_aws_policies = _managed_policies  # noqa: SLF001


def _managed_policies(self: Any) -> list[Any]:  # noqa: ANN401  # moto's backend has no static type
    if self.partition != "aws":
        return []
    return [_anew(policy) for policy in _policies(self.account_id, self.region_name)]


@cache
def _policies(account_id: str, region: str) -> list[AWSManagedPolicy]:
    """All fifteen hundred; to make them takes more than half of what an instance takes to begin."""
    facts: dict[str, Any] = json.loads(aws_managed_policies_data)
    return [
        AWSManagedPolicy.from_data(name, account_id, region, told) for name, told in facts.items()
    ]


def _anew(policy: AWSManagedPolicy) -> AWSManagedPolicy:
    """A copy that nobody is attached to, and that nothing of another instance can reach."""
    fresh = copy(policy)
    fresh.tags, fresh.versions = {}, [copy(version) for version in policy.versions]
    return fresh
