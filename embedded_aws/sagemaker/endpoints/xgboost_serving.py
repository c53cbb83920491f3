"""Serves models as the SageMaker XGBoost container does in algorithm mode, over its own pipes.

It runs by itself, on an interpreter that has the container's packages, and stands for every
container of the instance, so that XGBoost is imported once. A request is a line of JSON (model
folder, content_type, accept, length) and the body; so is the answer, with a status. A request
without a body asks whether the model can be loaded, as ``GET /ping`` does.

Behaviour: sagemaker-xgboost-container v3.0-5, ``algorithm_mode/serve.py`` and ``serve_utils.py``;
encodings: sagemaker-containers, ``_encoders.py``.
"""

from __future__ import annotations

import csv
import json
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import xgboost

CSV, JSON = "text/csv", "application/json"
# The latter two only in selectable inference, which is not emulated; without it the container's
# encoder does not know them.
ACCEPTS = (JSON, "application/jsonlines", "application/x-recordio-protobuf", CSV)
LIBSVM_TYPES = ("libsvm", "text/libsvm", "text/x-libsvm")
CONTENT_TYPES = (
    "csv, libsvm, parquet, recordio-protobuf, text/csv, text/libsvm, text/x-libsvm, "
    "application/x-parquet, application/x-recordio-protobuf"
)
MODELS_KEPT = 16
Scores = npt.NDArray[np.float32]


class RequestError(Exception):
    """A request that the container answers with an HTTP error status."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@lru_cache(maxsize=MODELS_KEPT)
def load(folder: str) -> xgboost.Booster:
    """The model in a folder, under whatever name."""
    (model_file,) = (path for path in Path(folder).iterdir() if path.is_file())
    booster = xgboost.Booster()
    try:
        booster.load_model(model_file)
    except xgboost.core.XGBoostError as unreadable:
        raise RequestError(500, f"Unable to load model: {unreadable}") from unreadable
    return booster


def parse(body: bytes, content_type: str | None) -> xgboost.DMatrix:
    """The rows of a body, of features alone: no label, no header."""
    media_type = (content_type or "libsvm").lower().partition(";")[0].strip()
    name = "csv" if media_type in {"csv", CSV} else "libsvm"
    if name == "libsvm" and media_type not in LIBSVM_TYPES:
        reason = f"{content_type} is not an accepted ContentType: {CONTENT_TYPES}."
        raise RequestError(415, reason)
    decode = _csv_rows if name == "csv" else _libsvm_rows
    try:
        return xgboost.DMatrix(decode(body.strip().decode()))
    except (ValueError, IndexError, csv.Error, xgboost.core.XGBoostError) as malformed:
        reason = (
            f"Loading {name} data failed with Exception, please ensure data is in {name} format:\n"
            f" {type(malformed)}\n {malformed}"
        )
        raise RequestError(415, reason) from malformed


def _csv_rows(text: str) -> npt.NDArray[np.float64]:
    lines = text.split("\n")
    sniffed = csv.Sniffer().sniff(lines[0][:512]).delimiter
    delimiter = "," if sniffed.isalnum() else sniffed
    return np.array([[cell or "nan" for cell in line.split(delimiter)] for line in lines], float)


def _libsvm_rows(text: str) -> npt.NDArray[np.float64]:
    lines = text.split("\n")
    cells = [
        (row, *item.split(":")[:2])
        for row, line in enumerate(lines)
        for item in line.split(" ")
        if ":" in item
    ]
    columns = np.array([column for _, column, _ in cells]).astype(int)
    if columns.min(initial=0) < 0:
        raise ValueError("negative column index found")
    rows = np.full((len(lines), columns.max(initial=-1) + 1), np.nan)
    values = np.array([value for _, _, value in cells]).astype(float)
    rows[[row for row, _, _ in cells], columns] = values
    return rows


def score(booster: xgboost.Booster, rows: xgboost.DMatrix) -> Scores:
    """Predictions, one per row."""
    try:
        predictions: Scores = booster.predict(rows, validate_features=False)
    except (ValueError, xgboost.core.XGBoostError) as unfit:
        raise RequestError(400, f"Unable to evaluate payload provided: {unfit}") from unfit
    return predictions


def accepted(accept: str | None) -> str:
    """The type to answer in."""
    media_type = (accept or "*/*").partition(";")[0].strip()
    if media_type == "*/*":
        return CSV
    if media_type.lower() not in ACCEPTS:
        listed = list(ACCEPTS)
        reason = f"Accept type {media_type} is not supported. "
        reason += f"Please use supported accept types: {listed}."
        raise RequestError(406, reason)
    return media_type.lower()


def encode(predictions: Scores, accept: str) -> str:
    """A line per row for text/csv, an object per row for JSON."""
    values = predictions.tolist()
    if accept == JSON:
        return json.dumps({"predictions": [{"score": value} for value in values]})
    if accept == CSV:
        rows = (value if isinstance(value, list) else [value] for value in values)
        return "".join(",".join(map(str, row)) + "\n" for row in rows)
    raise RequestError(500, "Internal Server Error")


def invoke(header: dict[str, Any], body: bytes) -> tuple[str, str]:
    """Answer ``POST /invocations``: the media type and the text."""
    rows = parse(body, header["content_type"])
    predictions = score(load(header["model"]), rows)
    accept = accepted(header["accept"])
    # Flask adds the character set to what is text.
    charset = "; charset=utf-8" if accept == CSV else ""
    return accept + charset, encode(predictions, accept)


def answer(header: dict[str, Any], body: bytes) -> None:
    """Answer one request."""
    status, content_type, text = 200, "text/html; charset=utf-8", ""
    try:
        if body:
            content_type, text = invoke(header, body)
        else:
            load(header["model"])
    except RequestError as refused:
        status, text = refused.status, refused.reason
    output = text.encode()
    head = {"status": status, "content_type": content_type, "length": len(output)}
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + output)
    sys.stdout.buffer.flush()


def main() -> None:
    """Answer requests until the pipe is closed."""
    while line := sys.stdin.buffer.readline():
        header = json.loads(line)
        answer(header, sys.stdin.buffer.read(header["length"]))


if __name__ == "__main__":
    main()
