"""What ``make run`` is told by its variables, checked before anything starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from jobs.windows import NightWindows, iso_date

DEFAULT_NIGHTS = 14
DEFAULT_FROM = date(2026, 11, 8)
# The schedule's hour in template.yaml; a night is over well before it comes round again.
SCHEDULED_AT = time(2, tzinfo=UTC)


class InvalidVariable(ValueError):
    """A variable of ``make run`` that cannot be read; the message names it."""


@dataclass(frozen=True)
class Settings:
    """A demonstration: which nights, on which transactions, with which threshold.

    Attributes:
        transactions: A folder of ``dt=`` partitions; None for the generator.
        auc_threshold: Overrides the gate's default; empty leaves it.
        faults: A YAML file of what goes wrong on the embedded AWS; None for nothing.
    """

    nights: int
    first_date: date
    transactions: Path | None
    auc_threshold: str
    faults: Path | None = None

    @classmethod
    def from_variables(cls, variables: Mapping[str, str]) -> Settings:
        """Read NIGHTS, FROM, TRANSACTIONS, AUC_THRESHOLD and FAULTS; empty means unset."""
        folder, faults = variables.get("TRANSACTIONS", ""), variables.get("FAULTS", "")
        settings = cls(
            nights=_nights(variables.get("NIGHTS") or str(DEFAULT_NIGHTS)),
            first_date=_date(variables.get("FROM") or DEFAULT_FROM.isoformat()),
            transactions=_folder(folder) if folder else None,
            auc_threshold=_threshold(variables.get("AUC_THRESHOLD", "")),
            faults=_file(faults) if faults else None,
        )
        settings._require_covered()
        return settings

    @property
    def data_dates(self) -> tuple[date, ...]:
        """The data dates, oldest first."""
        return tuple(self.first_date + timedelta(days=n) for n in range(self.nights))

    @property
    def clock_start(self) -> datetime:
        """Midnight before the first night: time to deploy before its schedule is due."""
        return datetime.combine(self.first_date + timedelta(days=1), time(0, tzinfo=UTC))

    @property
    def first_partition(self) -> date:
        """The oldest day that the first night looks back to, at the default windows."""
        windows = NightWindows.ending(
            self.first_date, train_days=7, label_delay_days=7, holdout_days=7
        )
        return date.fromisoformat(iso_date(windows.lookback.first))

    def _require_covered(self) -> None:
        if self.transactions is None:
            return
        there = sorted(found.name.removeprefix("dt=") for found in self.transactions.glob("dt=*"))
        days = (self.data_dates[-1] - self.first_partition).days + 1
        wanted = [str(self.first_partition + timedelta(days=n)) for n in range(days)]
        missing = sorted(set(wanted) - set(there))
        if missing:
            raise InvalidVariable(
                f"{self.nights} nights FROM={self.first_date} read the days {wanted[0]} to"
                f" {wanted[-1]}; {self.transactions} has {there[0]} to {there[-1]} and lacks"
                f" {len(missing)} of them: choose another FROM, or fewer NIGHTS"
            )


def scheduled_time(data_date: date) -> datetime:
    """When the night of a data date is due."""
    return datetime.combine(data_date + timedelta(days=1), SCHEDULED_AT)


def _nights(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise InvalidVariable(f"NIGHTS={text} is not a number of nights; give 1 or more")
    return int(text)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as malformed:
        raise InvalidVariable(f"FROM={text} is not a date; give YYYY-MM-DD") from malformed


def _threshold(text: str) -> str:
    try:
        is_threshold = not text or 0 < float(text) <= 1
    except ValueError:
        is_threshold = False
    if not is_threshold:
        raise InvalidVariable(f"AUC_THRESHOLD={text} is no AUC; give a number above 0, up to 1")
    return text


def _folder(text: str) -> Path:
    folder = Path(text).expanduser()
    if not any(folder.glob("dt=*/*")):
        raise InvalidVariable(f"TRANSACTIONS={text} has no dt=YYYY-MM-DD partitions")
    return folder


def _file(text: str) -> Path:
    file = Path(text).expanduser()
    if not file.is_file():
        raise InvalidVariable(f"FAULTS={text} is no file; examples/faults/ has one")
    return file.absolute()
