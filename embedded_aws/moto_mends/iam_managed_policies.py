"""Moto starts without AWS's managed policies, so roles that SAM makes cannot attach theirs."""

from __future__ import annotations

import json
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
    return [
        AWSManagedPolicy.from_data(name, self.account_id, self.region_name, facts)
        for name, facts in _facts().items()
    ]


@cache
def _facts() -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(aws_managed_policies_data)
    return facts
