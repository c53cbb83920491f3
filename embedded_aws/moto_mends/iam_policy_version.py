"""Moto refuses policy documents without Version; IAM takes them for version 2008-10-17."""

from __future__ import annotations

from typing import Any

from moto.iam.policy_validation import BaseIAMPolicyValidator

_STOCK = BaseIAMPolicyValidator._validate_version  # noqa: SLF001  # what is mended


def apply() -> None:
    """Check the version only where there is one (IAM JSON policy elements: Version)."""
    BaseIAMPolicyValidator._validate_version = _validate_version  # noqa: SLF001


def _validate_version(self: Any) -> None:  # noqa: ANN401  # moto's validator has no static type
    if "Version" in self._policy_json:
        _STOCK(self)
