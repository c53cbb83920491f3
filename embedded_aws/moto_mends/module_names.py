"""Moto lists its own folder upon every request, which took a third of a request's time."""

from __future__ import annotations

from functools import cache

from moto import backends

_STOCK = backends.list_of_moto_modules


def apply() -> None:
    """Let moto look once; its folder does not change while it runs."""
    backends.list_of_moto_modules = _module_names


@cache
def _module_names() -> frozenset[str]:
    return frozenset(_STOCK())
