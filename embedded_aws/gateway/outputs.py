"""Checks what services answer against their models, so that a slip fails at once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from botocore.parsers import ResponseParserError

from embedded_aws.gateway.answer_exemptions import EXEMPT
from embedded_aws.gateway.answer_parsers import Headers, answer_parser
from embedded_aws.gateway.call import HttpAnswer
from embedded_aws.gateway.json_misfits import misfits
from embedded_aws.gateway.shapes import Problem, problems

if TYPE_CHECKING:
    from botocore.model import OperationModel

_FIRST_ERROR_STATUS = 300


def output_problems(operation: OperationModel, result: Mapping[str, Any]) -> Iterator[Problem]:
    """Constraints of the operation's output shape that its result breaks.

    Where AWS's answers break them too, there is no problem.
    """
    if operation.output_shape is not None:
        yield from _serious(operation, problems(operation.output_shape, result))


def answer_problems(
    operation: OperationModel, protocol: str, answer: HttpAnswer
) -> Iterator[Problem]:
    """What a client of the model would stumble over in an answer as it is on the wire.

    A body that is streamed, such as an object's content, is not read.
    """
    if answer.status >= _FIRST_ERROR_STATUS:
        yield from _error_problems(protocol, answer)
    elif not (operation.has_streaming_output or operation.has_event_stream_output):
        yield from _serious(operation, _wire_problems(operation, protocol, answer))


def _serious(operation: OperationModel, found: Iterator[Problem]) -> Iterator[Problem]:
    exempt = EXEMPT.get(f"{operation.service_model.service_name}:{operation.name}")
    for problem in found:
        if not (exempt and re.fullmatch(exempt, f"{problem.path}: {problem.what}")):
            yield problem


def _wire_problems(
    operation: OperationModel, protocol: str, answer: HttpAnswer
) -> Iterator[Problem]:
    shape = operation.output_shape
    try:
        parsed = _parsed(protocol, answer, shape)
    except (ResponseParserError, AttributeError, KeyError, TypeError, ValueError) as unreadable:
        yield Problem("$", f"the answer cannot be parsed: {unreadable!r}")
        return
    parsed.pop("ResponseMetadata", None)
    if shape is not None:
        yield from problems(shape, parsed)
        if protocol == "json" and answer.body:
            yield from misfits(shape, json.loads(answer.body))


def _error_problems(protocol: str, answer: HttpAnswer) -> Iterator[Problem]:
    try:
        parsed = _parsed(protocol, answer, None)
    except (ResponseParserError, AttributeError, KeyError, TypeError, ValueError) as unreadable:
        yield Problem("$", f"the error cannot be parsed: {unreadable!r}")
        return
    if not parsed.get("Error", {}).get("Code"):
        yield Problem("Error.Code", "Member must not be null")


def _parsed(protocol: str, answer: HttpAnswer, shape: object) -> dict[str, Any]:
    response = {
        "body": answer.body,
        "headers": Headers(answer.headers),
        "status_code": answer.status,
    }
    parsed: dict[str, Any] = answer_parser(protocol).parse(response, shape)
    return parsed
