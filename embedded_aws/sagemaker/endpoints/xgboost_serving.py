"""Serves a model as the SageMaker XGBoost container does in algorithm mode, over its own pipes.

It runs by itself, on an interpreter that has the container's packages. A request is a line
of JSON (content_type, accept, length) and the body; so is the answer, with a status.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import xgboost

CSV, JSON = "text/csv", "application/json"


class RequestError(Exception):
    """A request that the container answers with an HTTP error status."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


def load(folder: Path) -> xgboost.Booster:
    """The model in a folder, under whatever name."""
    (model_file,) = (path for path in folder.iterdir() if path.is_file())
    booster = xgboost.Booster()
    booster.load_model(model_file)
    return booster


def score(booster: xgboost.Booster, body: bytes, content_type: str) -> npt.NDArray[np.float32]:
    """Predictions for rows of comma-separated features, no label, no header."""
    if content_type.partition(";")[0].strip().lower() != CSV:
        raise RequestError(415, f"Content-type {content_type} is not supported.")
    try:
        lines = body.decode().strip().splitlines()
        rows = np.array([[cell or "nan" for cell in line.split(",")] for line in lines], float)
    except ValueError as malformed:
        reason = f"Loading csv data failed, please ensure data is in csv format: {malformed}"
        raise RequestError(415, reason) from malformed
    try:
        predictions: npt.NDArray[np.float32] = booster.predict(
            xgboost.DMatrix(rows), validate_features=False
        )
    except (ValueError, xgboost.core.XGBoostError) as unfit:
        raise RequestError(400, str(unfit)) from unfit
    return predictions


def encode(predictions: npt.NDArray[np.float32], accept: str) -> bytes:
    """One line of numbers for text/csv (the container's own oddity), a list for JSON."""
    values = predictions.tolist()
    if accept == CSV:
        return ",".join(map(str, values)).encode()
    if accept == JSON:
        return json.dumps(values).encode()
    reason = f"{accept} is not an accepted Accept type. Please choose one of: ['{CSV}', '{JSON}']."
    raise RequestError(415, f"Encoding to accept type {accept} failed with exception: {reason}")


def answer(booster: xgboost.Booster, header: dict[str, object], body: bytes) -> None:
    """Answer one request."""
    accept = str(header["accept"])
    status, content_type = 200, accept
    try:
        output = encode(score(booster, body, str(header["content_type"])), accept)
    except RequestError as refused:
        status, content_type, output = refused.status, "text/plain", refused.reason.encode()
    head = {"status": status, "content_type": content_type, "length": len(output)}
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + output)
    sys.stdout.buffer.flush()


def main() -> None:
    """Answer requests until the pipe is closed."""
    booster = load(Path(sys.argv[1]))
    while line := sys.stdin.buffer.readline():
        header = json.loads(line)
        answer(booster, header, sys.stdin.buffer.read(header["length"]))


if __name__ == "__main__":
    main()
