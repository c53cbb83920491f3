from __future__ import annotations

import json
from pathlib import Path

import pytest

from jobs.errors import InvalidArgument, SourceMismatch
from jobs.manifest import Manifest


def arrive(folder: Path, files: dict[str, int]) -> None:
    for name, size in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * size)


@pytest.mark.parametrize(
    "files",
    [
        {"a/dt=1/p.parquet": 3, "a/dt=2/p.parquet": 5},
        {"0.parquet": 5, "1.parquet": 3},
        {"deep/er/p.parquet": 3, "p.parquet": 5, "p.parquet.crc": 4},
    ],
)
def test_files_are_found_wherever_sagemaker_put_them(tmp_path: Path, files: dict[str, int]) -> None:
    arrive(tmp_path, files)
    found = Manifest("d", (3, 5)).files_in(tmp_path)
    assert sorted(path.stat().st_size for path in found) == [3, 5]


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({}, id="nothing arrived"),
        pytest.param({"a.parquet": 3}, id="one is missing"),
        pytest.param({"a.parquet": 3, "b.parquet": 5, "c.parquet": 5}, id="one too many"),
        pytest.param({"a.parquet": 4, "b.parquet": 4}, id="same total, other sizes"),
        pytest.param({"a.parquet": 3, "b.parquet": 3}, id="one twice"),
    ],
)
def test_other_files_than_the_objects_are_a_mismatch(tmp_path: Path, files: dict[str, int]) -> None:
    arrive(tmp_path, files)
    with pytest.raises(SourceMismatch, match=rf"{len(files)} files .* names 2 objects of 8 bytes"):
        Manifest("d", (3, 5)).files_in(tmp_path)


def test_a_manifest_of_nothing_is_a_mismatch(tmp_path: Path) -> None:
    with pytest.raises(SourceMismatch):
        Manifest("d", ()).files_in(tmp_path)


def test_objects_json_gives_digest_and_sizes(tmp_path: Path) -> None:
    path = tmp_path / "objects.json"
    entries = [{"uri": "s3://b/k", "versionId": "v", "etag": "e", "size": size} for size in (9, 2)]
    path.write_text(json.dumps({"digest": "abc", "objects": entries}))
    assert Manifest.read(path) == Manifest("abc", (9, 2))


@pytest.mark.parametrize(
    "text", [None, "", "[]", "{}", '{"digest": "d", "objects": [{}]}', '{"digest": "d"}']
)
def test_an_unusable_objects_json_is_an_invalid_argument(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "objects.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(InvalidArgument, match=r"not an objects\.json"):
        Manifest.read(path)
