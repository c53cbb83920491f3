from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import xgboost as xgb

from jobs.channels import CSV, PARQUET, SUFFIXES, read_channel, write_channel
from jobs.errors import HoldoutUnreadable, TooFewRows
from jobs.features import FEATURES, Floats

ROWS = np.arange(5, 35)
CONTENT_TYPES = pytest.mark.parametrize("content_type", [CSV, PARQUET])


def some_features() -> Floats:
    """Floats that are awkward in text: thirds, tiny, huge, integral, negative."""
    random = np.random.default_rng(3)
    table = random.normal(0, 1, (40, len(FEATURES))).astype(np.float32)
    table[:, 1] = np.arange(40)
    table[:, 2] = np.float32(1) / np.arange(1, 41)
    table[10, 3:6] = (1e-30, -1e30, 0)
    return table


LABEL = (np.arange(40) % 3 == 0).astype(np.int8)


def write(folder: Path, content_type: str, files: int = 1) -> None:
    write_channel(folder, ROWS, some_features(), LABEL, content_type=content_type, files=files)


@CONTENT_TYPES
def test_what_was_written_is_read_back_bit_by_bit(tmp_path: Path, content_type: str) -> None:
    write(tmp_path, content_type)
    ((features, label),) = read_channel(tmp_path, content_type)
    assert features.tolist() == some_features()[ROWS].tolist()
    assert label.tolist() == LABEL[ROWS].tolist()


def test_csv_has_the_label_first_and_no_header(tmp_path: Path) -> None:
    write(tmp_path, CSV)
    with (tmp_path / "part-0000.csv").open() as file:
        rows = [[float(cell) for cell in row] for row in csv.reader(file)]
    assert [row[0] for row in rows] == LABEL[ROWS].tolist()
    assert {len(row) for row in rows} == {1 + len(FEATURES)}


def test_parquet_has_the_label_first_and_names(tmp_path: Path) -> None:
    write(tmp_path, PARQUET)
    assert pq.read_schema(tmp_path / "part-0000.parquet").names == ["label", *FEATURES]


def test_the_image_recognises_each_files_first_line_as_csv(tmp_path: Path) -> None:
    """The built-in algorithm sniffs the delimiter of every file's first line, and fails if unsure.

    ``data_utils.validate_data_file_path`` in aws/sagemaker-xgboost-container.
    """
    write(tmp_path, CSV, files=len(ROWS))
    lines = [path.read_text().splitlines()[0] for path in sorted(tmp_path.iterdir())]
    assert [csv.Sniffer().sniff(line).delimiter for line in lines] == [","] * len(ROWS)


@pytest.mark.filterwarnings("ignore:.*Text file input has been deprecated")
def test_xgboost_reads_the_csv_as_the_image_does(tmp_path: Path) -> None:
    """Its parser is not exact in the last bit."""
    write(tmp_path, CSV)
    matrix = xgb.DMatrix(f"{tmp_path}?format=csv&label_column=0&delimiter=,")
    assert matrix.get_label().tolist() == LABEL[ROWS].tolist()
    np.testing.assert_allclose(matrix.get_data().toarray(), some_features()[ROWS], rtol=3e-7)


@CONTENT_TYPES
@pytest.mark.parametrize("files", [1, 2, 7, 30])
def test_files_share_the_rows_evenly_each_sampling_all_days(
    tmp_path: Path, content_type: str, files: int
) -> None:
    write(tmp_path, content_type, files)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"part-{number:04d}{SUFFIXES[content_type]}" for number in range(files)
    ]
    parts = [features[:, 1].tolist() for features, _ in read_channel(tmp_path, content_type)]
    assert parts == [ROWS[number::files].tolist() for number in range(files)]


def test_no_training_instance_is_left_without_rows(tmp_path: Path) -> None:
    with pytest.raises(TooFewRows, match="30 rows for 31 files"):
        write(tmp_path, CSV, files=31)


@CONTENT_TYPES
def test_pieces_smaller_than_a_file_lose_nothing(
    tmp_path: Path, content_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.channels.ROWS_PER_WRITE", 4)
    write(tmp_path, content_type, files=2)
    pieces = [features[:, 1] for features, _ in read_channel(tmp_path, content_type)]
    assert np.sort(np.concatenate(pieces)).tolist() == ROWS.tolist()


@CONTENT_TYPES
@pytest.mark.parametrize("content", [None, "", "0,1,2\n", "label,amount\n", "1" + ",x" * 15])
def test_what_featurise_did_not_write_is_unreadable(
    tmp_path: Path, content_type: str, content: str | None
) -> None:
    if content is not None:
        (tmp_path / f"part-0000{SUFFIXES[content_type]}").write_text(content)
    with pytest.raises(HoldoutUnreadable):
        list(read_channel(tmp_path, content_type))
