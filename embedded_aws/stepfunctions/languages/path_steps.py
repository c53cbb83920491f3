"""The steps of a JSONPath, each a function from one value to those it leads to.

As Jayway's JsonPath, on which Step Functions runs: names, indices, slices, unions, wildcards,
recursive descent and filters; no functions such as ``length()``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from embedded_aws.stepfunctions.documents import Json
from embedded_aws.stepfunctions.languages.path_filters import parse_filter

# From one value, given what ``$`` stands for.
Follow = Callable[[Json, Json], Sequence[Json]]

_QUOTED = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
_STEP = re.compile(
    r"(?:\.(?P<name>[^\s.\[\]()'\"*?,:]+)"
    r"|\.(?P<star>\*)"
    r"|\.?\[\s*(?P<all>\*)\s*\]"
    rf"|\.?\[\s*(?P<names>(?:{_QUOTED})(?:\s*,\s*(?:{_QUOTED}))*)\s*\]"
    r"|\.?\[\s*(?P<indices>-?\d+(?:\s*,\s*-?\d+)*)\s*\]"
    r"|\.?\[\s*(?P<slice>-?\d*\s*:\s*-?\d*)\s*\])"
)
_FILTER = re.compile(r"\.?\[\s*\?\s*\(")


@dataclass(frozen=True)
class Step:
    """One step.

    Attributes:
        name: The name or index, when the step is all that a reference path may have.
        needs_array: A value that is no array is an error, not an empty result.
        is_definite: At most one value comes out.
    """

    text: str
    follow: Follow
    name: str | int | None = None
    needs_array: bool = False
    is_definite: bool = False


def parse_steps(text: str, position: int = 0) -> Iterator[Step]:
    """The steps from a position on.

    Raises:
        ValueError: something there is no step.
    """
    while position < len(text):
        step, end = (
            _descent(text, position)
            if text.startswith("..", position)
            else _step_at(text, position)
        )
        yield step
        position = end


def _descent(text: str, position: int) -> tuple[Step, int]:
    # The second dot, or the bracket behind both, begins the step that is looked for everywhere.
    bracket = text.startswith("[", position + 2)
    step, end = _step_at(text, position + (2 if bracket else 1))
    # Items of arrays are visited themselves: a filter must not choose them twice.
    visited = dict if _FILTER.match(step.text) else object

    def follow(value: Json, root: Json) -> Sequence[Json]:
        inner = (one for one in _all_values(value) if isinstance(one, visited))
        return [found for one in inner for found in step.follow(one, root)]

    return Step(text[position:end], follow), end


def _step_at(text: str, position: int) -> tuple[Step, int]:
    opened = _FILTER.match(text, position)
    if opened is not None:
        return _filter(text, position, opened.end())
    found = _STEP.match(text, position)
    if found is None:
        raise ValueError(
            f"'{text}' is not a JSONPath that the embedded AWS supports, from"
            f" '{text[position:]}' on"
        )
    return _step(found), found.end()


def _step(found: re.Match[str]) -> Step:
    text = found[0]
    if found["name"] is not None:
        return _name(text, found["name"])
    if found["names"] is not None:
        names = [_unquoted(name) for name in re.findall(_QUOTED, found["names"])]
        return _name(text, names[0]) if len(names) == 1 else _names(text, names)
    if found["indices"] is not None:
        return _indices(text, [int(index) for index in found["indices"].split(",")])
    if found["slice"] is not None:
        bounds = slice(*(int(part) if part.strip() else None for part in found["slice"].split(":")))
        return Step(text, lambda value, _root: _array(value)[bounds], needs_array=True)
    return Step(text, lambda value, _root: _children(value))


def _name(text: str, name: str) -> Step:
    def follow(value: Json, _root: Json) -> Sequence[Json]:
        return [value[name]] if isinstance(value, dict) and name in value else []

    return Step(text, follow, name, is_definite=True)


def _names(text: str, names: list[str]) -> Step:
    def follow(value: Json, _root: Json) -> Sequence[Json]:
        if not isinstance(value, dict):
            return []
        return [{name: value[name] for name in names if name in value}]

    return Step(text, follow, is_definite=True)


def _indices(text: str, indices: list[int]) -> Step:
    def follow(value: Json, _root: Json) -> Sequence[Json]:
        array = _array(value)
        return [array[index] for index in indices if -len(array) <= index < len(array)]

    single = indices[0] if len(indices) == 1 else None
    return Step(text, follow, single, needs_array=True, is_definite=single is not None)


def _filter(text: str, start: int, opened: int) -> tuple[Step, int]:
    closed = _closing(text, opened)
    predicate = parse_filter(text[opened:closed], _relative_path)
    end = text.index("]", closed) + 1

    def follow(value: Json, root: Json) -> Sequence[Json]:
        # Jayway asks an object itself, and each item of an array.
        candidates = [value] if isinstance(value, dict) else _array(value)
        return [item for item in candidates if predicate(item, root)]

    return Step(text[start:end], follow), end


def _closing(text: str, position: int) -> int:
    """Where the parenthesis ends that was opened before the position."""
    depth = 1
    for token in re.finditer(rf"{_QUOTED}|[()]", text[position:]):
        depth += {"(": 1, ")": -1}.get(token[0], 0)
        if depth == 0 and re.match(r"\)\s*\]", text[position + token.start() :]):
            return position + token.start()
    raise ValueError(f"'{text}' is not a valid JSONPath: its filter does not end")


def _relative_path(text: str) -> Callable[[Json], list[Json]]:
    steps = tuple(parse_steps(text))
    is_definite = all(step.is_definite for step in steps)

    def read(value: Json) -> list[Json]:
        found = [value]
        for step in steps:
            found = [item for inner in found for item in step.follow(inner, value)]
        return found if is_definite or not found else [found]

    return read


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1])


def _array(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _children(value: Json) -> Sequence[Json]:
    return list(value.values()) if isinstance(value, dict) else _array(value)


def _all_values(value: Json) -> Iterator[Json]:
    yield value
    for child in _children(value):
        yield from _all_values(child)
