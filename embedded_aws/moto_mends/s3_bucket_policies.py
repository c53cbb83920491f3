"""Moto judges bucket policies without principals or conditions; here the gate does, before it."""

from __future__ import annotations

from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket

_STOCK = FakeBucket.get_permission


def apply() -> None:
    """Let moto find permitted what ``embedded_aws.iam`` has let through to it.

    Without an opinion on policies moto would ask the ACL of what anonymous callers read.
    """
    FakeBucket.get_permission = _get_permission


def _get_permission(_bucket: object, _action: str, _resource: str) -> PermissionResult:
    return PermissionResult.PERMITTED
