"""What a JSONata expression refers to: variables, fields of ``$states``, a context it lacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

from jsonata.parser import Parser

# Parts of a node that are evaluated with its own context; predicates, groups and terms of a sort
# are evaluated with an item.
_WITH_SAME = (
    "procedure", "arguments", "lhs", "rhs", "lhs_object", "expressions", "expression",
    "condition", "then", "_else", "body", "expr",
)  # fmt: skip


@dataclass(frozen=True)
class References:
    """What one expression refers to.

    Attributes:
        free_variables: Names of variables that the expression itself does not bind.
        states_fields: The fields that are read of ``$states``, in their order.
        context_names: Names that would be read of a context item.
    """

    free_variables: frozenset[str]
    states_fields: Sequence[str]
    context_names: Sequence[str]

    @classmethod
    def of(cls, tree: object) -> Self:
        """Find them in a syntax tree."""
        return cls(free_variables(tree), states_fields(tree), context_names(tree))


def free_variables(tree: object) -> frozenset[str]:
    """Names of variables that the expression itself does not bind."""
    symbols = list(_symbols(tree))
    named = {str(symbol.value) for symbol in symbols if symbol.type == "variable"}
    local = {"", "$", "states"}
    for symbol in symbols:
        if symbol.type in {"function", "partial"}:
            local.add(str(symbol.procedure.value))
        elif symbol.type == "lambda":
            local |= {str(argument.value) for argument in symbol.arguments}
        elif symbol.type == "bind":
            local.add(str(symbol.lhs.value))
    return frozenset(named - local)


def states_fields(tree: object) -> list[str]:
    """The fields that are read of ``$states``, in their order."""
    found: dict[str, None] = {}
    for symbol in _symbols(tree):
        steps = getattr(symbol, "steps", None) or []
        if len(steps) > 1 and steps[0].type == "variable" and steps[0].value == "states":
            found.setdefault(str(steps[1].value))
    return list(found)


def context_names(tree: object) -> list[str]:
    """Names that would be read of a context item: an expression of a state has none."""
    return list(dict.fromkeys(_context_names(tree)))


def _context_names(node: Any) -> Iterator[str]:  # noqa: ANN401  # the library's syntax tree
    if isinstance(node, list | tuple):
        for item in node:
            yield from _context_names(item)
    elif isinstance(node, Parser.Symbol):
        if node.type == "name":
            yield str(node.value)
        elif node.type == "variable" and node.value == "$":
            yield "$$"
        elif node.type == "path":
            yield from _context_names(node.steps[0])
        else:
            for attribute in _WITH_SAME:
                yield from _context_names(getattr(node, attribute, None))


def _symbols(tree: object) -> Iterator[Any]:
    pending, seen = [tree], set()
    while pending:
        current = pending.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        if isinstance(current, Parser.Symbol):
            yield current
            pending.extend(vars(current).values())
        elif isinstance(current, list | tuple):
            pending.extend(current)
