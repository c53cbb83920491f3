"""Checks what a fault is about against the services' models."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from fnmatch import filter as matching
from typing import TYPE_CHECKING, Any

from botocore.loaders import Loader

from embedded_aws.faults.unreadable import InvalidFaults
from embedded_aws.gateway.protocol import service_model

if TYPE_CHECKING:
    from botocore.model import OperationModel

_LOADER = Loader()


def operations_of(service: str, operation: str, where: str) -> tuple[OperationModel, ...]:
    """The models of the operations that a glob names.

    Raises:
        InvalidFaults: there is no such service or operation.
    """
    services = _LOADER.list_available_services("service-2")
    if service not in services:
        raise InvalidFaults(f"{where}.service: there is no {service!r}{_hint(service, services)}")
    model = service_model(service)
    names = matching(model.operation_names, operation)
    if not names:
        hint = _hint(operation, model.operation_names)
        raise InvalidFaults(f"{where}.operation: {service} has no {operation!r}{hint}")
    return tuple(model.operation_model(name) for name in names)


def check_parameter(operations: Sequence[OperationModel], path: str, where: str) -> None:
    """See that one of the operations has a text parameter.

    Raises:
        InvalidFaults: none has.
    """
    if not any(_is_text(operation.input_shape, path.split(".")) for operation in operations):
        names = ", ".join(operation.name for operation in operations[:3])
        raise InvalidFaults(f"{where}.parameters: {names} has no text parameter {path}")


def _is_text(shape: Any, path: Sequence[str]) -> bool:  # noqa: ANN401  # botocore's shapes
    for name in path:
        shape = getattr(shape, "members", {}).get(name)
    return getattr(shape, "type_name", None) == "string"


def _hint(word: str, words: Sequence[str]) -> str:
    close = get_close_matches(word, words, 1)
    return f"; did you mean {close[0]}?" if close else ""
