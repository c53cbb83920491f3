"""Moto denies by any bucket-policy statement with a Condition, so a TLS-only bucket is locked."""

from __future__ import annotations

import json
from typing import Any

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.models import FakeBucket

_STOCK = FakeBucket.get_permission


def apply() -> None:
    """Let moto evaluate only statements that hold under every condition.

    Moto gives its check no request context at all, and takes a condition that it cannot
    evaluate for a denial. The commonest, ``aws:SecureTransport`` false, never holds on AWS for
    a client that works; here loopback stands for TLS.
    """
    FakeBucket.get_permission = _get_permission


def _get_permission(self: Any, action: str, resource: str) -> PermissionResult:  # noqa: ANN401
    if self.policy is None:
        return PermissionResult.NEUTRAL
    document = json.loads(self.policy.decode())
    listed = document["Statement"]
    statements = listed if isinstance(listed, list) else [listed]
    document["Statement"] = [item for item in statements if not item.get("Condition")]
    return IAMPolicy(json.dumps(document)).is_action_permitted(action, resource)
