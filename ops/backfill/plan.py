"""What a backfill has to do: which nights there are, and which of them it starts; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Self

from ops.errors import InvalidSetting
from ops.executions import Execution, free_names


class Standing(StrEnum):
    """How far the night of a data date has come, over all its executions."""

    MISSING = "missing"
    FAILED = "failed"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    OUTDATED = "outdated"


class Action(StrEnum):
    """What a backfill does about a night."""

    START = "start"
    AWAIT = "await"
    SKIP = "skip"

    @property
    def takes_time(self) -> bool:
        """Whether the backfill ends only after the night."""
        return self is not Action.SKIP


@dataclass(frozen=True)
class PlannedNight:
    """The night of a data date, what there is of it, and what happens to it.

    Attributes:
        name: Of the execution that is started or awaited; empty for a night that is skipped.
    """

    data_date: str
    standing: Standing
    action: Action
    name: str = ""


@dataclass(frozen=True)
class Selection:
    """Which nights a backfill starts.

    A night that runs is awaited, and one that succeeded is left alone, so the same selection
    after an interruption goes on where it ended.

    Attributes:
        standings: Those in which a night is started.
        since: A night whose last success began before this is outdated.
    """

    standings: Collection[Standing]
    since: datetime | None = None

    @classmethod
    def of(cls, *, missing: bool, failed: bool, outdated_before: datetime | None) -> Self:
        """What an operator asks for; the missing nights if nothing is asked for."""
        if outdated_before is not None:
            return cls({Standing.MISSING, Standing.FAILED, Standing.OUTDATED}, outdated_before)
        asked = {Standing.MISSING: missing or not failed, Standing.FAILED: failed}
        return cls({standing for standing, wanted in asked.items() if wanted})


def plan(
    data_dates: Iterable[str],
    executions: Mapping[str, Sequence[Execution]],
    recorded: Mapping[str, Standing],
    selection: Selection,
) -> tuple[PlannedNight, ...]:
    """Plan the nights of data dates, in their order.

    Args:
        data_dates: Oldest first.
        executions: Of every data date, oldest first, as far as Step Functions remembers.
        recorded: How a night ended by its lineage records, which nobody forgets.
        selection: Which nights shall be started.
    """
    return tuple(
        _planned(each, executions.get(each, ()), recorded.get(each, Standing.MISSING), selection)
        for each in data_dates
    )


def data_dates(first: date, last: date) -> Iterator[str]:
    """The days from ``first`` to ``last``, both included.

    Raises:
        InvalidSetting: there are none.
    """
    days = (last - first).days + 1
    if days < 1:
        raise InvalidSetting(f"--from {first} is after --to {last}: exchange them.")
    return ((first + timedelta(days=day)).isoformat() for day in range(days))


def _planned(
    data_date: str, runs: Sequence[Execution], recorded: Standing, selection: Selection
) -> PlannedNight:
    running = [run for run in runs if run.status == "RUNNING"]
    if running:
        return PlannedNight(data_date, Standing.RUNNING, Action.AWAIT, running[-1].name)
    standing = _standing(runs, recorded, selection.since)
    if standing not in selection.standings:
        return PlannedNight(data_date, standing, Action.SKIP)
    name = next(free_names(data_date, {run.name for run in runs}))
    return PlannedNight(data_date, standing, Action.START, name)


def _standing(runs: Sequence[Execution], recorded: Standing, since: datetime | None) -> Standing:
    """Of a night that does not run; what only its record knows of is older than any ``since``."""
    successes = [run.started for run in runs if run.status == "SUCCEEDED"]
    if not successes and (runs or recorded != Standing.SUCCEEDED):
        return Standing.FAILED if runs else recorded
    is_outdated = since is not None and max(successes, default=since) <= since
    return Standing.OUTDATED if is_outdated else Standing.SUCCEEDED
