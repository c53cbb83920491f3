"""Which days a night trains on, holds out and looks back to, as days since 1970-01-01."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from jobs.errors import InvalidArgument

EPOCH = date(1970, 1, 1)
LOOKBACK_DAYS = 30
"""The longest rolling window of the features."""
FEWEST_TRAIN_DAYS = 2
"""The last one is the validation channel."""


@dataclass(frozen=True)
class Days:
    """An inclusive range of days."""

    first: int
    last: int

    def __len__(self) -> int:
        """How many days the range has."""
        return self.last - self.first + 1

    def to_dates(self) -> dict[str, str]:
        """The range as ISO dates."""
        return {"firstDay": iso_date(self.first), "lastDay": iso_date(self.last)}


@dataclass(frozen=True)
class NightWindows:
    """A night's day ranges, all inclusive; see the data contract.

    From new to old: holdout, a gap as long as labels take to arrive, the validation day, the train
    days, and the lookback that the rolling features need.
    """

    lookback: Days
    train: Days
    validation: Days
    gap: Days
    holdout: Days

    @property
    def label_delay_days(self) -> int:
        """The gap between training and holdout is the time that labels take to arrive."""
        return len(self.gap)

    @classmethod
    def ending(
        cls, data_date: date, *, train_days: int, label_delay_days: int, holdout_days: int
    ) -> NightWindows:
        """The windows of the night whose newest data is of ``data_date``."""
        if train_days < FEWEST_TRAIN_DAYS:
            raise InvalidArgument(
                f"{train_days} train days: give {FEWEST_TRAIN_DAYS} or more, the last one validates"
            )
        if label_delay_days < 1:
            raise InvalidArgument(
                f"label delay of {label_delay_days} days: give at least 1, or a terminal's risk"
                " would contain the label it is to predict"
            )
        if holdout_days < 1:
            raise InvalidArgument(f"{holdout_days} holdout days: give at least 1")
        holdout = _ending((data_date - EPOCH).days, holdout_days)
        gap = _ending(holdout.first - 1, label_delay_days)
        validation = _ending(gap.first - 1, 1)
        train = _ending(validation.first - 1, train_days - 1)
        lookback = _ending(train.first - 1, LOOKBACK_DAYS + label_delay_days)
        return cls(lookback, train, validation, gap, holdout)


def iso_date(day: int) -> str:
    """The ISO date of a day number."""
    return (EPOCH + timedelta(days=day)).isoformat()


def _ending(last: int, length: int) -> Days:
    return Days(last - length + 1, last)
