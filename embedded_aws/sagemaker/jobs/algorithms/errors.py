"""The two ways in which the built-in XGBoost algorithm fails."""

from __future__ import annotations


class UserError(Exception):
    """The job's hyperparameters, channels or data have to change."""


class AlgorithmError(Exception):
    """The algorithm itself failed."""


def not_emulated(what: str) -> UserError:
    """An error for what the real container can do and this one cannot."""
    return UserError(f"the embedded AWS's XGBoost algorithm does not support {what}")
