"""What an expression of objects, lists and literals makes, as far as only a run could tell more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import jsonata

UNKNOWN = "{% %}"
"""Stands for a value that only a run can tell."""


def plain(value: Any) -> Any:
    """A value of a definition, with every expression in it replaced by what it makes.

    Of ``$merge`` these are the members that are written out; of a text that begins with one that is
    written out, this beginning.
    """
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, str) and value.startswith("{%"):
        return _made(_parsed(value.removeprefix("{%").removesuffix("%}")))
    return value


@lru_cache
def _parsed(expression: str) -> Any:
    return jsonata.Jsonata(expression).ast


def _made(node: Any) -> Any:
    make = None if getattr(node, "predicate", None) else _MAKERS.get((node.type, node.value))
    if make is not None:
        return make(node)
    is_literal = node.type in {"string", "number", "value"}
    is_merge = node.type == "function" and node.procedure.value == "merge"
    return node.value if is_literal else _merged(node) if is_merge else UNKNOWN


def _merged(node: Any) -> dict[str, Any]:
    known = [it for it in _made(node.arguments[0]) if isinstance(it, dict)]
    return {name: item for each in known for name, item in each.items()}


def _joined(node: Any) -> str:
    beginning: str = _made(node.lhs)
    return f"{{% '{beginning}' %}}" if node.lhs.type == "string" else beginning


_MAKERS: Mapping[tuple[str, Any], Callable[[Any], Any]] = {
    ("binary", "&"): _joined,
    ("block", None): lambda node: _made(node.expressions[-1]),
    ("unary", "["): lambda node: [_made(item) for item in node.expressions or ()],
    ("unary", "{"): lambda node: {name.value: _made(item) for name, item in node.lhs_object or ()},
}
