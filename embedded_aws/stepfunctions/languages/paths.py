"""JSONPath as Step Functions uses it: into the input, the context object or a variable."""

from __future__ import annotations

import re
from dataclasses import dataclass

from embedded_aws.stepfunctions.documents import Json
from embedded_aws.stepfunctions.languages.path_steps import Step, parse_steps
from embedded_aws.stepfunctions.scope import Scope

_ROOT = re.compile(r"\$(?P<context>\$)?(?P<variable>[^\W\d]\w*)?")


class PathNotFoundError(LookupError):
    """A path leads nowhere in the value that it is read from.

    Attributes:
        reason: Where it ended, as Jayway says it.
    """

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(text)
        self.reason = reason


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
            PathNotFoundError: a definite path leads nowhere, or an array is missing that an
                index or a slice needs.
        """
        root = self._root(document, scope)
        found: list[Json] = [root]
        is_definite = True
        for number, step in enumerate(self.steps):
            self._refuse_what_jayway_cannot(step, number, found, is_definite=is_definite)
            found = [item for value in found for item in step.follow(value, root)]
            is_definite = is_definite and step.is_definite
            if self.is_definite and not found:
                raise PathNotFoundError(self.text, self._reason(number))
        return found[0] if self.is_definite else found

    def _refuse_what_jayway_cannot(
        self, step: Step, number: int, found: list[Json], *, is_definite: bool
    ) -> None:
        if step.needs_array and is_definite and found and not isinstance(found[0], list):
            raise PathNotFoundError(self.text, f"{step.text} can only be applied to arrays")
        if step.is_definite and step.name is None and number < len(self.steps) - 1:
            shown = f"Multi properties can only be used as path leafs: ${step.text}"
            raise PathNotFoundError(self.text, shown)

    def _reason(self, number: int) -> str:
        is_leaf = number == len(self.steps) - 1
        steps = self.steps if is_leaf else self.steps[: number + 1]
        what = "No results for path:" if is_leaf else "Missing property in path"
        return f"{what} ${''.join(_shown(step) for step in steps)}"

    def _root(self, document: Json, scope: Scope) -> Json:
        if self.is_context:
            return scope.context
        if self.variable is None:
            return document
        if self.variable not in scope.variables:
            raise PathNotFoundError(self.text, f"No variable {self.variable}")
        return scope.variables[self.variable]


def parse_path(text: str) -> Path:
    """Parse a path.

    Raises:
        ValueError: it is none, or uses what is not supported.
    """
    root = _ROOT.match(text)
    if root is None:
        raise ValueError(f"'{text}' is not a valid JSONPath")
    steps = tuple(parse_steps(text, root.end()))
    names = tuple(step.name for step in steps if step.name is not None)
    return Path(
        text,
        root["context"] is not None,
        root["variable"],
        steps,
        all(step.is_definite for step in steps),
        names if len(names) == len(steps) else None,
    )


def parse_reference_path(text: str, field: str) -> Path:
    """Parse a path that must identify a single node (ASL specification, "Reference Paths").

    Raises:
        ValueError: it is no path, or may lead to several nodes.
    """
    path = parse_path(text)
    if path.names is None:
        raise ValueError(f"The value for the field '{field}' must be a valid reference path")
    return path


def _shown(step: Step) -> str:
    return f"['{step.name}']" if isinstance(step.name, str) else step.text
