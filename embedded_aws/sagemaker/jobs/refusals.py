"""Refuses, by name, what a request asks of a job and the embedded AWS does not emulate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from embedded_aws.gateway.service import ServiceError


@dataclass(frozen=True)
class Only:
    """A member, by its dotted path (``[]`` for each item of a list), and the values it may have."""

    path: str
    allowed: tuple[Any, ...] = ()


def refuse(request: Mapping[str, Any], rules: Iterable[Only]) -> None:
    """Check a request against every rule.

    Raises:
        ServiceError: ``ValidationException`` naming the first member that is not supported.
    """
    for rule in rules:
        for value in _values(request, rule.path.split(".")):
            if value not in rule.allowed:
                raise unsupported(rule.path, value, rule.allowed)


def unsupported(path: str, value: object, allowed: Iterable[Any] = ()) -> ServiceError:
    """The error for a member that the embedded AWS does not emulate."""
    choice = ", ".join(str(each) for each in allowed)
    remedy = f"use {choice}" if choice else "leave it out"
    shown = value if isinstance(value, str | int | float) else "..."
    message = f"the embedded AWS does not support {path}={shown}; {remedy}"
    return ServiceError("ValidationException", message)


def _values(value: Any, steps: list[str]) -> Iterator[Any]:  # noqa: ANN401  # any request value
    if not steps:
        yield value
        return
    name, *rest = steps
    inner = value.get(name.removesuffix("[]"))
    if inner is None:
        return
    for each in inner if name.endswith("[]") else (inner,):
        yield from _values(each, rest)
