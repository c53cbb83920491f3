"""JSONPath as Step Functions uses it: into the input, the context object or a variable.

Supported: names, indices, slices, wildcards and recursive descent by name. Filters and
unions are refused when the state machine is made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from embedded_aws.stepfunctions.documents import Json
from embedded_aws.stepfunctions.scope import Scope

_ROOT = re.compile(r"\$(?P<context>\$)?(?P<variable>[^\W\d]\w*)?")
_STEP = re.compile(
    r"(?P<descent>\.\.)(?P<below>[^\W\d][\w-]*)"
    r"|\.(?P<name>[^\s.\[\]()'\"*?,:]+)"
    r"|\.(?P<star>\*)"
    r"|\[\s*(?P<all>\*)\s*\]"
    r"|\[\s*'(?P<single>(?:[^'\\]|\\.)*)'\s*\]"
    r'|\[\s*"(?P<double>(?:[^"\\]|\\.)*)"\s*\]'
    r"|\[\s*(?P<index>-?\d+)\s*\]"
    r"|\[\s*(?P<slice>-?\d*\s*:\s*-?\d*(?:\s*:\s*-?\d+)?)\s*\]"
)

Step = Callable[[Json], Sequence[Json]]


class PathNotFoundError(LookupError):
    """A path leads nowhere in the value that it is read from."""


@dataclass(frozen=True)
class Path:
    """A parsed path; an indefinite one always yields an array.

    Attributes:
        variable: The variable that it starts from, if it does.
        names: The steps of a reference path (names and indices); None for any other.
    """

    text: str
    is_context: bool
    variable: str | None
    steps: tuple[Step, ...]
    is_definite: bool
    names: tuple[str | int, ...] | None

    def read(self, document: Json, scope: Scope) -> Json:
        """The value at the path, ``document`` being what ``$`` stands for.

        Raises:
            PathNotFoundError: a definite path leads nowhere.
        """
        found: list[Json] = [self._root(document, scope)]
        for step in self.steps:
            found = [item for value in found for item in step(value)]
        if not self.is_definite:
            return found
        if not found:
            raise PathNotFoundError(self.text)
        return found[0]

    def _root(self, document: Json, scope: Scope) -> Json:
        if self.is_context:
            return scope.context
        if self.variable is None:
            return document
        if self.variable not in scope.variables:
            raise PathNotFoundError(self.text)
        return scope.variables[self.variable]


def parse_path(text: str) -> Path:
    """Parse a path.

    Raises:
        ValueError: it is none, or uses what is not supported.
    """
    root = _ROOT.match(text)
    if root is None:
        raise ValueError(f"'{text}' is not a valid JSONPath")
    steps, names, position = [], list[str | int | None](), root.end()
    while position < len(text):
        step = _STEP.match(text, position)
        if step is None:
            raise ValueError(
                f"'{text}' is not a JSONPath that the embedded AWS supports, from"
                f" '{text[position:]}' on"
            )
        steps.append(_step(step))
        names.append(_name(step))
        position = step.end()
    reference = tuple(name for name in names if name is not None)
    is_definite = len(reference) == len(names)
    return Path(
        text, root["context"] is not None, root["variable"], tuple(steps), is_definite,
        reference if is_definite else None,
    )  # fmt: skip


def _name(step: re.Match[str]) -> str | int | None:
    if step["index"] is not None:
        return int(step["index"])
    for group in ("name", "single", "double"):
        if step[group] is not None:
            return re.sub(r"\\(.)", r"\1", step[group]) if group != "name" else step[group]
    return None


def _step(step: re.Match[str]) -> Step:
    name = _name(step)
    if isinstance(name, int):
        return lambda value: _at(value, name)
    if name is not None:
        return lambda value: [value[name]] if isinstance(value, dict) and name in value else []
    if step["slice"] is not None:
        bounds = slice(*(int(part) if part.strip() else None for part in step["slice"].split(":")))
        return lambda value: value[bounds] if isinstance(value, list) else []
    if step["below"] is not None:
        below = step["below"]
        return lambda value: list(_descendants(value, below))
    return _children


def _at(value: Json, index: int) -> Sequence[Json]:
    if isinstance(value, list) and -len(value) <= index < len(value):
        return [value[index]]
    return []


def _children(value: Json) -> Sequence[Json]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _descendants(value: Json, name: str) -> Iterator[Json]:
    if isinstance(value, dict) and name in value:
        yield value[name]
    for child in _children(value):
        yield from _descendants(child, name)
