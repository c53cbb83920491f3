"""A backfill's plan as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.table import Table

from ops.backfill.plan import Action, PlannedNight

_STYLES = {Action.START: "green", Action.AWAIT: "yellow", Action.SKIP: "dim"}


def as_table(planned: Sequence[PlannedNight]) -> Table:
    """One row a night: what there is of it, and what happens to it."""
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("data date", "so far", "action", "execution"):
        table.add_column(heading, no_wrap=True)
    for each in planned:
        table.add_row(
            each.data_date, each.standing, each.action, each.name, style=_STYLES[each.action]
        )
    return table


def skipped(planned: Sequence[PlannedNight]) -> str:
    """How many nights are left alone, by what there is of them; empty if none are."""
    left = Counter(each.standing for each in planned if each.action == Action.SKIP)
    return ", ".join(f"{count} {standing}" for standing, count in sorted(left.items()))
