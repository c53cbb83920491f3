"""Payload templates of JSONPath states: members whose name ends in ``.$`` are looked up."""

from __future__ import annotations

from embedded_aws.stepfunctions.documents import Json, dumps
from embedded_aws.stepfunctions.errors import RUNTIME, QueryFailure
from embedded_aws.stepfunctions.languages.intrinsics import Evaluate, is_intrinsic, parse_intrinsic
from embedded_aws.stepfunctions.languages.paths import PathNotFoundError, parse_path
from embedded_aws.stepfunctions.scope import Scope

_DYNAMIC = ".$"


def compile_payload(template: Json) -> Evaluate:
    """A template whose paths and intrinsics are parsed.

    Raises:
        ValueError: one of them is malformed.
    """
    if isinstance(template, dict):
        members = [_member(name, value) for name, value in template.items()]
        return lambda document, scope: {name: read(document, scope) for name, read in members}
    if isinstance(template, list):
        items = [compile_payload(item) for item in template]
        return lambda document, scope: [item(document, scope) for item in items]
    return lambda _document, _scope: template


def compile_lookup(text: Json, field: str) -> Evaluate:
    """A path or an intrinsic that stands in a field.

    Raises:
        ValueError: it is neither.
    """
    if not isinstance(text, str):
        raise ValueError(_malformed(field))  # noqa: TRY004  # a malformed document, not a bug
    try:
        look_up = parse_intrinsic(text) if is_intrinsic(text) else parse_path(text).read
    except ValueError as malformed:
        raise ValueError(f"{_malformed(field)}: {malformed}") from malformed

    def read(document: Json, scope: Scope) -> Json:
        try:
            return look_up(document, scope)
        except PathNotFoundError as missing:
            detail = (
                f"The JSONPath '{missing}' specified for the field '{field}' could not be found"
                f" in the input '{dumps(document)}'"
            )
            raise QueryFailure(RUNTIME, detail) from missing

    return read


def _member(name: str, value: Json) -> tuple[str, Evaluate]:
    if name.endswith(_DYNAMIC):
        return name.removesuffix(_DYNAMIC), compile_lookup(value, name)
    return name, compile_payload(value)


def _malformed(field: str) -> str:
    return (
        f"The value for the field '{field}' must be a valid JSONPath or a valid intrinsic"
        " function call"
    )
