"""The channels of the built-in XGBoost algorithm: which are accepted, and how files are read."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import xgboost

from embedded_aws.sagemaker.jobs.algorithms.errors import UserError, not_emulated

_FORMATS = {
    "csv": "csv",
    "text/csv": "csv",
    "libsvm": "libsvm",
    "text/libsvm": "libsvm",
    "text/x-libsvm": "libsvm",
    "parquet": "parquet",
    "application/x-parquet": "parquet",
}
_NOT_EMULATED = ("recordio-protobuf", "application/x-recordio-protobuf")
_DEFAULT_CONTENT_TYPE = "text/libsvm"


def content_format(channels: Mapping[str, Mapping[str, str]]) -> str:
    """The format of all channels: that of the train channel, libsvm unless told otherwise.

    Raises:
        UserError: a channel is missing or unknown, or has a content type that is not accepted.
    """
    if "train" not in channels:
        raise UserError("Missing required channel: train")
    for name, channel in channels.items():
        if name == "code":
            raise not_emulated("the channel code (script mode)")
        if name not in {"train", "validation"}:
            raise UserError(f"Extraneous channel found: {name}")
        _format(channel.get("ContentType", _DEFAULT_CONTENT_TYPE))
    return _format(channels["train"].get("ContentType", _DEFAULT_CONTENT_TYPE))


def matrix(folder: Path, data_format: str) -> Any:  # noqa: ANN401  # xgboost has no types
    """A channel as a DMatrix, label first; none when it has no data.

    Raises:
        UserError: a file is hidden, or cannot be read as the format.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    if any(path.name.startswith(".") for path in files):
        raise UserError("Hidden file found in the data path! Remove that before training.")
    if not sum(path.stat().st_size for path in files):
        return None
    read = _parquet if data_format == "parquet" else _text
    try:
        return read(files, data_format)
    except (OSError, ValueError, xgboost.core.XGBoostError) as unreadable:
        message = f"Failed to load {data_format} data with exception:\n{unreadable}"
        raise UserError(message) from unreadable


def _format(content_type: str) -> str:
    kind, *parameters = (part.strip() for part in content_type.lower().split(";"))
    if kind in _NOT_EMULATED:
        raise not_emulated(f"the content type {content_type}")
    if kind not in _FORMATS:
        accepted = ", ".join([*_FORMATS, *_NOT_EMULATED])
        raise UserError(f"{content_type} is not an accepted ContentType: {accepted}.")
    label_size = dict(part.partition("=")[::2] for part in parameters).get("label_size", "1")
    if _FORMATS[kind] == "csv" and label_size != "1":
        raise UserError(
            f"{content_type} is not an accepted csv ContentType. "
            "Optional parameter label_size must be equal to 1"
        )
    return _FORMATS[kind]


def _text(files: list[Path], data_format: str) -> Any:  # noqa: ANN401
    # XGBoost's own reader, as in the real container; it takes one flat folder.
    with tempfile.TemporaryDirectory() as flat:
        for number, file in enumerate(files):
            (Path(flat) / f"{number:05}").symlink_to(file)
        options = f"format={data_format}"
        if data_format == "csv":
            options += f"&label_column=0&delimiter={_delimiter(files[0])}"
        return xgboost.DMatrix(f"{flat}?{options}")


def _delimiter(file: Path) -> str:
    with file.open(encoding="utf-8", errors="ignore") as text:
        line = text.readline()
    try:
        return csv.Sniffer().sniff(line).delimiter
    except csv.Error as unclear:
        raise UserError(
            f"Could not determine delimiter on line {line[:50]}:\n{unclear}"
        ) from unclear


def _parquet(files: list[Path], _: str) -> Any:  # noqa: ANN401
    # Imported here: it costs a tenth of a second that CSV need not pay.
    import numpy as np  # noqa: PLC0415
    from pyarrow import parquet  # noqa: PLC0415

    table = parquet.read_table(files)
    values = np.empty((table.num_rows, table.num_columns), dtype=np.float32)
    for number, column in enumerate(table.columns):
        values[:, number] = column.to_numpy()
    return xgboost.DMatrix(values[:, 1:], label=values[:, 0])
