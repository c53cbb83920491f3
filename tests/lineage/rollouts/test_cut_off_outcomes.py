"""A recording of a rollout's end that was cut off is completed when that end is heard of."""

from __future__ import annotations

from typing import Any

import pytest

from lineage import recorder
from lineage.clients import Clients
from lineage.records.shelf import Shelf
from lineage.records.verification import read_stored, verify
from lineage.rollouts.switches import iso_milliseconds
from tests.lineage.production import ENDPOINT, FIRST, Production
from tests.lineage.wires import CutWire, Killed

ENDED = {
    "Status": "Completed",
    "SwitchedAt": iso_milliseconds(FIRST),
    "EndedAt": "2026-12-01T00:00:00Z",
}


def begun() -> tuple[Production, dict[str, Any]]:
    production = Production()
    rollout = production.rollout(1)
    recorder.record_rollout(production.clients, "fraud", rollout)
    return production, rollout


def is_cut_off(clients: Clients, rollout: dict[str, Any], life: int) -> bool:
    """Whether the machine's recording of the end got no further than a number of calls."""
    cut = CutWire(life=life).through(clients)
    try:
        recorder.record_rollout_outcome(cut, "fraud", rollout, ENDED)
    except Killed:
        return True
    return False


def unnoted(production: Production, rollout: dict[str, Any]) -> tuple[str, ...]:
    """The records of the night whose digests SageMaker's graph should note, and does not."""
    shelf = Shelf(production.world.s3, "fraud")
    folder = shelf.folder(rollout["DataDate"], rollout["RunId"])
    assert folder
    stored = read_stored(shelf, folder)
    return verify(production.clients.sagemaker, shelf, folder, stored).unnoted


def test_wherever_it_is_cut_off_it_is_completed() -> None:
    life, left_unnoted = 1, 0
    production, rollout = begun()
    while is_cut_off(production.clients, rollout, life):
        left_unnoted += bool(unnoted(production, rollout))
        done = recorder.complete_rollout_outcome(production.clients, "fraud", rollout)
        if done is None:
            recorder.record_rollout_outcome(production.clients, "fraud", rollout, ENDED)
        assert unnoted(production, rollout) == ()
        assert production.log.instants(ENDPOINT).of[ENDPOINT] == [FIRST]
        life += 1
        production, rollout = begun()
    assert left_unnoted, "it was never cut off between the record and its note"


@pytest.mark.parametrize("is_started", [True, False])
def test_an_end_that_is_on_no_record_is_told_apart(*, is_started: bool) -> None:
    production = Production()
    rollout = production.rollout(1)
    if is_started:
        recorder.record_rollout(production.clients, "fraud", rollout)
    assert recorder.complete_rollout_outcome(production.clients, "fraud", rollout) is None


def test_an_end_that_is_on_record_whole_stays_as_it_is() -> None:
    production, rollout = begun()
    told = recorder.record_rollout_outcome(production.clients, "fraud", rollout, ENDED)
    done = recorder.complete_rollout_outcome(production.clients, "fraud", rollout)
    assert done == told
