"""Moto starts without AWS's managed policies, so roles that SAM makes cannot attach theirs."""

from __future__ import annotations

from moto.iam import models

_STOCK = models.load_iam_aws_managed_policies


def apply() -> None:
    """Let each IAM backend load the managed policies that moto brings along."""
    models.load_iam_aws_managed_policies = _always


def _always() -> bool:
    return True
