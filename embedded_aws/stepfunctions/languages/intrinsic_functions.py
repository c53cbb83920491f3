"""The intrinsic functions of JSONPath states (Amazon States Language, appendix B)."""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Callable, Mapping
from random import Random

from embedded_aws.stepfunctions.documents import Json, dumps
from embedded_aws.stepfunctions.languages.jsonata_functions import (
    chunks,
    digest,
    inclusive_range,
    random_uuid,
)
from embedded_aws.stepfunctions.scope import Scope

Function = Callable[..., Json]
_MAX_RANGE = 1000


def _format(template: str, *values: Json) -> str:
    pieces = re.split(r"(?<!\\)\{\}", template)
    if len(pieces) != len(values) + 1:
        raise ValueError(f"{len(pieces) - 1} placeholders, {len(values)} arguments")
    texts = [*(_java_text(value) for value in values), ""]
    literals = [piece.replace("\\{", "{").replace("\\}", "}") for piece in pieces]
    return "".join(piece + text for piece, text in zip(literals, texts, strict=True))


def _java_text(value: Json) -> str:
    # Recorded on AWS: an object is written as Java writes a map, {Arg1=1, Arg2=[]}.
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}={_java_text(item)}' for key, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(_java_text(item) for item in value)}]"
    return value if isinstance(value, str) else dumps(value)


def _unique(array: list[Json]) -> list[Json]:
    return list({dumps(item): item for item in array}.values())


def _contains(array: list[Json], item: Json) -> bool:
    return dumps(item) in {dumps(other) for other in array}


def _rounded(number: float) -> int:
    # As Java rounds: halves go up (recorded on AWS, LocalStack, test_math_add).
    return math.floor(number + 0.5)


def _partition(array: list[Json], size: float) -> list[list[Json]]:
    count = int(size)
    if count < 1:
        raise ValueError(f"the chunk size must be a positive integer, not {size}")
    return chunks(array, count)


def _range(first: float, last: float, step: float) -> list[int]:
    items = inclusive_range(_rounded(first), _rounded(last), _rounded(step))
    if len(items) > _MAX_RANGE:
        raise ValueError(f"a range holds at most {_MAX_RANGE} items, not {len(items)}")
    return list(items)


def _parsed(text: str) -> Json:
    # Recorded on AWS: blank text is null (LocalStack, test_string_to_json).
    return json.loads(text) if text.strip() else None


def _merge(one: dict[str, Json], other: dict[str, Json], deep: bool) -> dict[str, Json]:  # noqa: FBT001
    if deep:
        raise ValueError("only shallow merging is supported: the third argument must be false")
    return {**one, **other}


def _split(text: str, separators: str) -> list[str]:
    return [part for part in re.split(f"[{re.escape(separators)}]", text) if part]


def _item(array: list[Json], index: int) -> Json:
    if not 0 <= index < len(array):
        raise ValueError(f"the array has no item {index}")
    return array[index]


PURE: Mapping[str, Function] = {
    "States.Format": _format,
    "States.StringToJson": _parsed,
    "States.JsonToString": dumps,
    "States.Array": lambda *items: list(items),
    "States.ArrayPartition": _partition,
    "States.ArrayContains": _contains,
    "States.ArrayRange": _range,
    "States.ArrayGetItem": _item,
    "States.ArrayLength": len,
    "States.ArrayUnique": _unique,
    "States.Base64Encode": lambda text: base64.b64encode(text.encode()).decode(),
    "States.Base64Decode": lambda text: base64.b64decode(text).decode(),
    "States.Hash": digest,
    "States.JsonMerge": _merge,
    "States.MathAdd": lambda one, other: _rounded(one) + _rounded(other),
    "States.StringSplit": _split,
}


def _math_random(scope: Scope, first: float, last: float, seed: int | None = None) -> int:
    chance = scope.chance if seed is None else Random(seed)  # noqa: S311
    return chance.randrange(_rounded(first), _rounded(last))


def _uuid(scope: Scope) -> str:
    return random_uuid(scope.chance)


BY_CHANCE: Mapping[str, Function] = {"States.MathRandom": _math_random, "States.UUID": _uuid}
