from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.errors import InvalidArgument
from jobs.windows import EPOCH, Days, NightWindows, iso_date

LENGTHS = {"train_days": 7, "label_delay_days": 7, "holdout_days": 7}


def test_the_default_night_spans_58_days() -> None:
    windows = NightWindows.ending(date(2018, 7, 31), **LENGTHS)
    spans = {name: days.to_dates() for name, days in vars(windows).items()}
    assert spans == {
        "lookback": {"firstDay": "2018-06-04", "lastDay": "2018-07-10"},
        "train": {"firstDay": "2018-07-11", "lastDay": "2018-07-16"},
        "validation": {"firstDay": "2018-07-17", "lastDay": "2018-07-17"},
        "gap": {"firstDay": "2018-07-18", "lastDay": "2018-07-24"},
        "holdout": {"firstDay": "2018-07-25", "lastDay": "2018-07-31"},
    }


@given(
    st.dates(date(1971, 1, 1), date(2200, 1, 1)),
    st.integers(2, 60),
    st.integers(1, 60),
    st.integers(1, 60),
)
def test_windows_follow_each_other_without_gap_or_overlap(
    data_date: date, train: int, delay: int, holdout: int
) -> None:
    windows = NightWindows.ending(
        data_date, train_days=train, label_delay_days=delay, holdout_days=holdout
    )
    spans: list[Days] = list(vars(windows).values())
    assert [later.first for later in spans[1:]] == [earlier.last + 1 for earlier in spans[:-1]]
    assert [len(days) for days in spans] == [30 + delay, train - 1, 1, delay, holdout]
    assert iso_date(windows.holdout.last) == data_date.isoformat()
    assert windows.label_delay_days == delay


def test_day_zero_is_the_epoch() -> None:
    assert iso_date(0) == EPOCH.isoformat()


@pytest.mark.parametrize(
    "change", [{"train_days": 1}, {"label_delay_days": 0}, {"holdout_days": 0}]
)
def test_a_window_too_short_to_work_is_refused(change: dict[str, int]) -> None:
    with pytest.raises(InvalidArgument, match="give"):
        NightWindows.ending(date(2018, 7, 31), **{**LENGTHS, **change})
