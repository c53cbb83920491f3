"""Parses calls such as ``States.Format('{}-{}', $.name, $$.Execution.Name)``."""

from __future__ import annotations

import re
from collections.abc import Callable

from embedded_aws.stepfunctions.documents import Json
from embedded_aws.stepfunctions.errors import INTRINSIC_FAILURE, QueryFailure
from embedded_aws.stepfunctions.languages.intrinsic_functions import BY_CHANCE, PURE
from embedded_aws.stepfunctions.languages.paths import Path, PathNotFoundError, parse_path
from embedded_aws.stepfunctions.scope import Scope

# An intrinsic's value, given what ``$`` stands for.
Evaluate = Callable[[Json, Scope], Json]

_NAME = re.compile(r"\s*(States\.\w+)\s*\(")
_STRING = re.compile(r"\s*'((?:[^'\\]|\\.)*)'")
# A path ends at a comma, a blank or a parenthesis outside of its brackets.
_BRACKETS = r"\[(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[^\[\]'\"]|\[[^\]]*\])*\]"
_PATH = re.compile(rf"\s*(\$(?:{_BRACKETS}|[^\s,()\[\]])*)")
_LITERAL = re.compile(r"\s*(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)")
_END = re.compile(r"\s*([,)])")
_LITERALS: dict[str, Json] = {"true": True, "false": False, "null": None}
# What a function raises when an argument does not suit it.
_UNSUITABLE = (ArithmeticError, AttributeError, IndexError, KeyError, TypeError, ValueError)


def is_intrinsic(text: str) -> bool:
    """Tell an intrinsic call from a path."""
    return _NAME.match(text) is not None


def parse_intrinsic(text: str) -> Evaluate:
    """Parse a call.

    Raises:
        ValueError: it is malformed, or calls an unknown function.
    """
    call, position = _call(text, 0)
    if text[position:].strip():
        raise ValueError(f"'{text}' is not a valid intrinsic function call")
    return call


def _call(text: str, start: int) -> tuple[Evaluate, int]:
    head = _NAME.match(text, start)
    if head is None:
        raise ValueError(f"'{text}' is not a valid intrinsic function call")
    arguments, position = _arguments(text, head.end())
    return _bound(head[1], arguments, text), position


def _arguments(text: str, position: int) -> tuple[list[Evaluate], int]:
    arguments: list[Evaluate] = []
    empty = _END.match(text, position)
    if empty is not None and empty[1] == ")":
        return arguments, empty.end()
    while True:
        argument, position = _argument(text, position)
        arguments.append(argument)
        end = _END.match(text, position)
        if end is None:
            raise ValueError(f"'{text}' is not a valid intrinsic function call")
        position = end.end()
        if end[1] == ")":
            return arguments, position


def _argument(text: str, position: int) -> tuple[Evaluate, int]:
    if _NAME.match(text, position):
        return _call(text, position)
    for pattern, read in ((_STRING, _string), (_LITERAL, _literal), (_PATH, _path)):
        found = pattern.match(text, position)
        if found is not None:
            return read(found[1]), found.end()
    raise ValueError(f"'{text}' is not a valid intrinsic function call")


def _string(raw: str) -> Evaluate:
    # Escaped braces stay escaped: only States.Format gives them a meaning.
    value = re.sub(r"\\([^{}])", r"\1", raw)
    return lambda _document, _scope: value


def _literal(raw: str) -> Evaluate:
    value = _LITERALS[raw] if raw in _LITERALS else _number(raw)
    return lambda _document, _scope: value


def _number(raw: str) -> float:
    return int(raw) if re.fullmatch(r"-?\d+", raw) else float(raw)


def _path(raw: str) -> Evaluate:
    path: Path = parse_path(raw)
    return path.read


def _bound(name: str, arguments: list[Evaluate], text: str) -> Evaluate:
    if name not in PURE and name not in BY_CHANCE:
        raise ValueError(f"'{text}' calls the unknown intrinsic function {name}")

    def call(document: Json, scope: Scope) -> Json:
        values = [argument(document, scope) for argument in arguments]
        try:
            return BY_CHANCE[name](scope, *values) if name in BY_CHANCE else PURE[name](*values)
        except PathNotFoundError:
            raise
        except _UNSUITABLE as unsuitable:
            detail = f"The intrinsic '{text}' could not be evaluated: {unsuitable}"
            raise QueryFailure(INTRINSIC_FAILURE, detail) from unsuitable

    return call
