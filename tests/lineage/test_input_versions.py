"""Latest versions, read from listings of a bucket that keeps them all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lineage.input_versions import latest_versions

BUCKET = "input-versions"
DAYS = ("2025-12-31", "2026-01-01", "2026-01-02")


def key(day: str) -> str:
    return f"labelled/dt={day}/part-0.parquet"


class SmallPages:
    """S3 whose pages show one version each; it counts them."""

    def __init__(self, s3: Any) -> None:
        self.s3, self.pages = s3, 0

    def list_object_versions(self, **request: Any) -> Any:
        self.pages += 1
        return self.s3.list_object_versions(**request, MaxKeys=1)


@pytest.fixture(scope="module")
def s3(client: Callable[[str], Any]) -> Any:
    s3 = client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    for day in ("2024-01-01", *DAYS, "2026-01-03", "2027-01-01"):
        s3.put_object(Bucket=BUCKET, Key=key(day), Body=day.encode())
    s3.put_object(Bucket=BUCKET, Key=key("2026-01-01"), Body=b"again")
    s3.delete_object(Bucket=BUCKET, Key=key("2026-01-02"))
    return s3


def uris(*days: str) -> list[str]:
    return [f"s3://{BUCKET}/{key(day)}" for day in days]


def test_each_object_that_is_there_has_its_latest_version(s3: Any) -> None:
    heads = {day: s3.head_object(Bucket=BUCKET, Key=key(day)) for day in DAYS[:2]}
    assert latest_versions(s3, uris(*DAYS)) == {
        f"s3://{BUCKET}/{key(day)}": (head["VersionId"], head["ETag"].strip('"'))
        for day, head in heads.items()
    }


def test_pages_are_read_from_the_first_object_to_the_last(s3: Any) -> None:
    paged: Any = SmallPages(s3)
    assert latest_versions(paged, uris(*DAYS[:2])) == latest_versions(s3, uris(*DAYS[:2]))
    # Three versions of the two objects, and the one behind them, which ends it.
    assert paged.pages == 4


def test_of_one_object_and_of_none(s3: Any) -> None:
    assert set(latest_versions(s3, uris(DAYS[0]))) == set(uris(DAYS[0]))
    assert latest_versions(s3, []) == {}
