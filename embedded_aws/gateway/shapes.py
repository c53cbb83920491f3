"""Checks values against botocore's shapes: members, types, lengths, ranges, enums, patterns.

Botocore's own validator checks neither enum nor pattern, and only on the client's side. The
rules are Smithy's ("Constraint traits"), the words those of AWS's own answers, as recorded in
LocalStack's snapshot tests of Lambda, EventBridge, KMS and SNS against AWS.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from embedded_aws.gateway.constraints import checks, is_of_type
from embedded_aws.gateway.fitting import fitting

if TYPE_CHECKING:
    from botocore.model import ListShape, MapShape, Shape, StructureShape

_COMPOUND = frozenset({"structure", "list", "map"})
_NOT_NULL = "Member must not be null"


class Kind(Enum):
    """What is wrong; services tell some of these apart by the code of their error."""

    MISSING = auto()
    CONSTRAINT = auto()
    UNKNOWN = auto()
    MALFORMED = auto()


@dataclass(frozen=True)
class Problem:
    """One way in which a value does not fit its shape.

    Attributes:
        path: In the model's own spelling, such as ``Tags.1.member.Key``.
        what: The constraint in AWS's words.
        value: As AWS shows it; none where it shows none.
    """

    path: str
    what: str
    kind: Kind = Kind.CONSTRAINT
    value: str | None = None

    def __str__(self) -> str:
        """AWS's own phrase for a failed constraint."""
        shown = " null" if self.kind is Kind.MISSING else ""
        if self.value is not None:
            shown = f" '{self.value}'"
        return f"Value{shown} at '{self.path}' failed to satisfy constraint: {self.what}"


def problems(shape: Shape, value: Any, path: str = "") -> Iterator[Problem]:  # noqa: ANN401  # any parsed value
    """Constraints of the model that a parsed value breaks, of requests and answers alike."""
    if not fitting(shape)(value):
        yield from _problems(shape, value, path)


def _problems(shape: Shape, value: Any, path: str) -> Iterator[Problem]:  # noqa: ANN401
    if getattr(shape, "is_document_type", False):
        return
    if not is_of_type(shape, value):
        yield Problem(path, f"Member must be a {shape.type_name}", Kind.MALFORMED)
    elif shape.type_name == "structure":
        yield from _structure_problems(shape, value, path)
    elif shape.type_name == "list":
        yield from _scalar_problems(shape, value, path)
        yield from _list_problems(shape, value, path)
    elif shape.type_name == "map":
        yield from _scalar_problems(shape, value, path)
        yield from _map_problems(shape, value, path)
    else:
        yield from _scalar_problems(shape, value, path)


def _structure_problems(
    shape: StructureShape, value: Mapping[str, Any], path: str
) -> Iterator[Problem]:
    for name in shape.required_members:
        # A client that knows the token's meaning makes one up; no other has to.
        if value.get(name) is None and not shape.members[name].metadata.get("idempotencyToken"):
            yield Problem(_join(path, name), _NOT_NULL, Kind.MISSING)
    for name, item in value.items():
        if name not in shape.members:
            yield Problem(_join(path, name), f"Member is unknown to {shape.name}", Kind.UNKNOWN)
        elif item is not None:
            yield from _problems(shape.members[name], item, _join(path, name))
    if shape.is_tagged_union:
        yield from _union_problems(shape, value, path)


def _union_problems(
    shape: StructureShape, value: Mapping[str, Any], path: str
) -> Iterator[Problem]:
    given = [name for name, item in value.items() if item is not None]
    if len(given) != 1:
        # Undocumented wording; Smithy, "Aggregate types", union: exactly one member is set.
        among = ", ".join(shape.members)
        yield Problem(path, f"Member must set exactly one of: [{among}]", value=_shown(value))


def _list_problems(shape: ListShape, value: Sequence[Any], path: str) -> Iterator[Problem]:
    if shape.member.type_name in _COMPOUND:
        for index, item in enumerate(value, 1):
            yield from _item_problems(shape.member, item, f"{path}.{index}.member")
    elif any(_is_broken(shape.member, item) for item in value):
        each = [*_constraints(shape.member), _NOT_NULL]
        what = f"Member must satisfy constraint: [{', '.join(each)}]"
        yield Problem(path, what, value=_shown(value))


def _map_problems(shape: MapShape, value: Mapping[str, Any], path: str) -> Iterator[Problem]:
    if any(_is_broken(shape.key, key) for key in value):
        what = f"Map keys must satisfy constraint: [{', '.join(_constraints(shape.key))}]"
        yield Problem(path, what, value=_shown(value))
    if shape.value.type_name in _COMPOUND:
        for key, item in value.items():
            yield from _item_problems(shape.value, item, f"{path}.{key}.member")
    elif any(_is_broken(shape.value, item) for item in value.values()):
        each = [*_constraints(shape.value), _NOT_NULL]
        what = f"Map value must satisfy constraint: [{', '.join(each)}]"
        yield Problem(path, what, value=_shown(value))


def _item_problems(shape: Shape, item: Any, path: str) -> Iterator[Problem]:  # noqa: ANN401
    # Botocore's models do not tell which lists are sparse; no service here documents one.
    if item is None:
        yield Problem(path, _NOT_NULL, Kind.MISSING)
    else:
        yield from _problems(shape, item, path)


def _is_broken(shape: Shape, item: Any) -> bool:  # noqa: ANN401
    return next(_item_problems(shape, item, ""), None) is not None


def _scalar_problems(shape: Shape, value: Any, path: str) -> Iterator[Problem]:  # noqa: ANN401
    hidden = shape.type_name == "blob" or shape.metadata.get("sensitive")
    for what, holds in checks(shape):
        if not holds(value):
            yield Problem(path, what, value=None if hidden else _shown(value))


def _constraints(shape: Shape) -> list[str]:
    return [what for what, _ in checks(shape)]


def _shown(value: Any) -> str:  # noqa: ANN401
    """A value as Java prints it, such as ``[a, b]`` or ``{k=v}``."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}={_shown(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_shown(item) for item in value)}]"
    return "null" if value is None else str(value)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
