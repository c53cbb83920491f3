"""The intrinsic functions of JSONPath states (Amazon States Language, appendix B)."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from random import Random

from embedded_aws.stepfunctions.documents import Json, dumps
from embedded_aws.stepfunctions.languages.jsonata_functions import (
    digest,
    number_range,
    partition,
    random_uuid,
)
from embedded_aws.stepfunctions.scope import Scope

Function = Callable[..., Json]


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
    return [item for index, item in enumerate(array) if item not in array[:index]]


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
    "States.StringToJson": json.loads,
    "States.JsonToString": dumps,
    "States.Array": lambda *items: list(items),
    "States.ArrayPartition": partition,
    "States.ArrayContains": lambda array, item: item in array,
    "States.ArrayRange": number_range,
    "States.ArrayGetItem": _item,
    "States.ArrayLength": len,
    "States.ArrayUnique": _unique,
    "States.Base64Encode": lambda text: base64.b64encode(text.encode()).decode(),
    "States.Base64Decode": lambda text: base64.b64decode(text).decode(),
    "States.Hash": digest,
    "States.JsonMerge": _merge,
    "States.MathAdd": lambda one, other: round(one) + round(other),
    "States.StringSplit": _split,
}


def _math_random(scope: Scope, first: int, last: int, seed: int | None = None) -> int:
    chance = scope.chance if seed is None else Random(seed)  # noqa: S311
    return chance.randrange(first, last)


def _uuid(scope: Scope) -> str:
    return random_uuid(scope.chance)


BY_CHANCE: Mapping[str, Function] = {"States.MathRandom": _math_random, "States.UUID": _uuid}
