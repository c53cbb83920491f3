from __future__ import annotations

from datetime import UTC, datetime

import pytest
from botocore.utils import parse_timestamp

from embedded_aws.gateway.answer_parsers import read_instant


@pytest.mark.parametrize(
    "written",
    [
        1793502000,
        1793502000.25,
        "1793502000",
        "1793502000.25",
        "2026-11-01T03:00:00Z",
        "2026-11-01T03:00:00.250Z",
        "2026-11-01T03:00:00+01:00",
        "Sun, 01 Nov 2026 03:00:00 GMT",
    ],
)
def test_an_instant_is_read_as_botocore_reads_it(written: object) -> None:
    assert read_instant(written) == parse_timestamp(written)


def test_an_instant_without_a_zone_is_one_of_utc() -> None:
    assert read_instant("2026-11-01T03:00:00") == datetime(2026, 11, 1, 3, tzinfo=UTC)


@pytest.mark.parametrize("written", ["", "yesterday", "2026-13-01T00:00:00Z"])
def test_what_is_no_instant_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"isoformat|date|month"):
        read_instant(written)
