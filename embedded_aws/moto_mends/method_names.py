"""Moto looks through all attributes of a service's class to find an operation, at every call."""

from __future__ import annotations

from functools import cache

from moto.core import responses
from moto.core.utils import method_names_from_class


def apply() -> None:
    """Look once: classes do not change."""
    responses.method_names_from_class = _method_names


@cache
def _method_names(clazz: type) -> frozenset[str]:
    return frozenset(method_names_from_class(clazz))
