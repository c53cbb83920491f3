"""What a target gets of an event: all of it, a part, a constant, or a template filled in.

EventBridge user guide, "Amazon EventBridge input transformation".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_VARIABLE = re.compile(r"<([A-Za-z0-9_.\-]+)>")
_PATH = re.compile(r"\$(?:\.[\w\-]+|\['[^']+'\]|\[\d+\])*")
_PATH_PART = re.compile(r"\.([\w\-]+)|\['([^']+)'\]|\[(\d+)\]")
_EVENT, _EVENT_JSON = "aws.events.event", "aws.events.event.json"


class InvalidInput(ValueError):  # what is said of a target's input
    """An input that cannot be made; the message names the reason."""


def target_input(
    target: Mapping[str, Any], event: Mapping[str, Any], rule_arn: str, ingested_at: str
) -> str:
    """The text that a target is sent.

    Raises:
        InvalidInput: the template, filled in, is not JSON.
    """
    if "Input" in target:
        return str(target["Input"])
    if "InputPath" in target:
        return json.dumps(_at(event, target["InputPath"]))
    if "InputTransformer" not in target:
        return json.dumps(event)
    transformer = target["InputTransformer"]
    paths = transformer.get("InputPathsMap", {})
    values = {name: _at(event, path) for name, path in paths.items()} | {
        "aws.events.rule-arn": rule_arn,
        "aws.events.rule-name": rule_arn.rsplit("/", 1)[-1],
        "aws.events.event.ingestion-time": ingested_at,
        _EVENT: {name: value for name, value in event.items() if name != "detail"},
        _EVENT_JSON: dict(event),
    }
    return _filled(transformer["InputTemplate"].strip(), values)


def check_path(path: str) -> None:
    """Look at a JSONPath.

    Raises:
        InvalidInput: it is not one of those that EventBridge takes: members and indices.
    """
    if not _PATH.fullmatch(path):
        raise InvalidInput(f"Invalid JSONPath {path}")


def _filled(template: str, values: Mapping[str, Any]) -> str:
    """A template with its variables; what is text in quotes stays text, all else is JSON."""
    pieces, is_quoted, end = [], False, 0
    for found in _VARIABLE.finditer(template):
        between = template[end : found.start()]
        is_quoted ^= len(re.findall(r'(?<!\\)"', between)) % 2 == 1
        pieces += [between, _inserted(values.get(found[1]), is_quoted=is_quoted)]
        end = found.end()
    text = "".join((*pieces, template[end:]))
    try:
        parsed = json.loads(text)
    except ValueError as malformed:
        raise InvalidInput(f"the input template makes no JSON: {malformed}") from malformed
    return json.dumps(parsed)


def _inserted(value: Any, *, is_quoted: bool) -> str:  # noqa: ANN401  # a JSON value
    if not is_quoted:
        # A path that leads nowhere gives an empty text.
        return json.dumps("" if value is None else value)
    text = value if isinstance(value, str) else "" if value is None else json.dumps(value)
    return json.dumps(text)[1:-1]


def _at(event: Mapping[str, Any], path: str) -> Any:  # noqa: ANN401  # a JSON value
    value: Any = event
    for found in _PATH_PART.finditer(path):
        name, quoted, index = found.groups()
        try:
            value = value[int(index)] if index is not None else value[name or quoted]
        except (KeyError, IndexError, TypeError):
            return None
    return value
