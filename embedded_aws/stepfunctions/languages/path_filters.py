"""Filters of JSONPath, ``[?(@.price < 10 && @.tags)]``, as the Jayway library evaluates them."""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from embedded_aws.stepfunctions.documents import Json, dumps

# Tells whether an item is chosen, given what ``$`` stands for.
Predicate = Callable[[Json, Json], bool]
Operand = Callable[[Json, Json], Any]
# How the operand's paths are read: given the text of a path after its first character.
PathReader = Callable[[str], Callable[[Json], list[Json]]]


class _Undefined:
    """What a path of a filter yields when it leads nowhere: equal to nothing."""


_UNDEFINED = _Undefined()
_TOKEN = re.compile(
    r"\s*(?:(?P<path>[@$](?:'[^']*'|\[(?:'[^']*'|\"[^\"]*\"|[^\]'\"])*\]|[\w.*-])*)"
    r"|(?P<string>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
    r"|(?P<regex>/(?:[^/\\]|\\.)+/[a-z]*)"
    r"|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"
    r"|(?P<list>\[[^\]]*\])"
    r"|(?P<sign>&&|\|\||==|!=|<=|>=|=~|<|>|!|\(|\))"
    r"|(?P<word>[a-z]+))"
)
_CONSTANTS: Mapping[str, Json] = {"true": True, "false": False, "null": None}


def parse_filter(text: str, read_path: PathReader) -> Predicate:
    """Parse what stands between ``[?(`` and ``)]``.

    Raises:
        ValueError: it is no filter, or uses an operator that is not supported.
    """
    parser = _Parser(text, read_path)
    predicate = parser.disjunction()
    parser.expect_end()
    return predicate


class _Parser:
    """A recursive descent over the tokens of one filter."""

    def __init__(self, text: str, read_path: PathReader) -> None:
        self._text = text
        self._read_path = read_path
        self._tokens = list(self._tokenize())
        self._at = 0

    def disjunction(self) -> Predicate:
        """Conjunctions with ``||`` between them."""
        parts = [self._conjunction()]
        while self._take("||"):
            parts.append(self._conjunction())
        return lambda item, root: any(part(item, root) for part in parts)

    def expect_end(self) -> None:
        """Refuse what is left over."""
        if self._at < len(self._tokens):
            raise self._malformed()

    def _conjunction(self) -> Predicate:
        parts = [self._term()]
        while self._take("&&"):
            parts.append(self._term())
        return lambda item, root: all(part(item, root) for part in parts)

    def _term(self) -> Predicate:
        if self._take("!"):
            negated = self._term()
            return lambda item, root: not negated(item, root)
        if self._take("("):
            inner = self.disjunction()
            if not self._take(")"):
                raise self._malformed()
            return inner
        return self._comparison()

    def _comparison(self) -> Predicate:
        left = self._operand()
        kind, name = self._peek()
        if kind not in {"sign", "word"} or name in {"&&", "||", ")"}:
            return lambda item, root: left(item, root) is not _UNDEFINED
        test = _OPERATORS.get(name)
        if test is None:
            raise self._malformed()
        self._at += 1
        right = self._operand()
        return lambda item, root: test(left(item, root), right(item, root))

    def _operand(self) -> Operand:
        kind, text = self._peek()
        self._at += 1
        if kind == "path":
            return self._path(text)
        value = _literal(kind, text)
        if value is _UNDEFINED:
            raise self._malformed()
        return lambda _item, _root: value

    def _path(self, text: str) -> Operand:
        read, of_item = self._read_path(text[1:]), text[0] == "@"

        def operand(item: Json, root: Json) -> Any:  # noqa: ANN401  # a value or undefined
            found = read(item if of_item else root)
            return found[0] if found else _UNDEFINED

        return operand

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._at] if self._at < len(self._tokens) else ("", "")

    def _take(self, sign: str) -> bool:
        taken = self._peek() == ("sign", sign)
        self._at += taken
        return taken

    def _tokenize(self) -> list[tuple[str, str]]:
        tokens, position, text = [], 0, self._text.rstrip()
        while position < len(text):
            found = _TOKEN.match(text, position)
            if found is None:
                raise self._malformed()
            tokens.append((str(found.lastgroup), str(found[str(found.lastgroup)])))
            position = found.end()
        return tokens

    def _malformed(self) -> ValueError:
        return ValueError(f"'{self._text}' is not a JSONPath filter that the embedded AWS supports")


def _literal(kind: str, text: str) -> Any:  # noqa: ANN401  # JSON, a pattern, or undefined
    if kind == "string":
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    if kind == "number":
        return json.loads(text)
    if kind == "list":
        return json.loads(text.replace("'", '"'))
    if kind == "regex":
        pattern, _, flags = text[1:].rpartition("/")
        return re.compile(pattern, re.IGNORECASE if "i" in flags else 0)
    return _CONSTANTS.get(text, _UNDEFINED) if kind == "word" else _UNDEFINED


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _equal(one: Any, other: Any) -> bool:  # noqa: ANN401  # values or undefined
    if isinstance(one, str) and _is_number(other):
        return one == dumps(other)
    if _is_number(one) and isinstance(other, str):
        # Jayway compares a number with a string by their texts.
        return dumps(one) == other
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return one is not _UNDEFINED and other is not _UNDEFINED and bool(one == other)


def _ordered(order: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def test(one: Any, other: Any) -> bool:  # noqa: ANN401  # values or undefined
        both_numbers = _is_number(one) and _is_number(other)
        both_texts = isinstance(one, str) and isinstance(other, str)
        return (both_numbers or both_texts) and order(one, other)

    return test


def _matches(value: Any, pattern: Any) -> bool:  # noqa: ANN401  # values or undefined
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_in(value: Any, options: Any) -> bool:  # noqa: ANN401  # values or undefined
    return isinstance(options, list) and any(_equal(value, option) for option in options)


def _contains(container: Any, value: Any) -> bool:  # noqa: ANN401  # values or undefined
    if isinstance(container, str):
        return isinstance(value, str) and value in container
    return _is_in(value, container)


def _has_size(container: Any, size: Any) -> bool:  # noqa: ANN401  # values or undefined
    return isinstance(container, str | list) and len(container) == size


def _is_empty(container: Any, expected: Any) -> bool:  # noqa: ANN401  # values or undefined
    return isinstance(container, str | list) and (len(container) == 0) is expected


_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": _equal,
    "!=": lambda one, other: not _equal(one, other),
    "<": _ordered(operator.lt),
    "<=": _ordered(operator.le),
    ">": _ordered(operator.gt),
    ">=": _ordered(operator.ge),
    "=~": _matches,
    "in": _is_in,
    "nin": lambda value, options: not _is_in(value, options),
    "contains": _contains,
    "size": _has_size,
    "empty": _is_empty,
}
