"""Timers of one clock: in order, and gone once they are dropped."""

from __future__ import annotations

from embedded_aws.clock.agenda import Agenda


def test_dropped_timers_are_neither_taken_nor_listed_nor_waited_for() -> None:
    agenda = Agenda()
    first, second, third = (
        agenda.add(due, lambda: None, str(due), pulls=due == 2) for due in (1.0, 2.0, 3.0)
    )
    agenda.drop(second)
    assert not agenda.is_pulled
    assert [due.name for due in agenda.listed()] == ["1.0", "3.0"]
    assert [agenda.take(9), agenda.take(9), agenda.take(9)] == [first, third, None]


def test_dropping_what_was_taken_or_dropped_changes_nothing() -> None:
    agenda = Agenda()
    taken, kept = (agenda.add(due, lambda: None, "", pulls=True) for due in (1.0, 2.0))
    assert agenda.take(1) is taken
    agenda.drop(taken)
    assert (agenda.is_pulled, agenda.first_due) == (True, 2.0)
    agenda.drop(kept)
    agenda.drop(kept)
    assert (agenda.is_pulled, agenda.first_due) == (False, None)
