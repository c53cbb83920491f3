"""A year of an endpoint in any disorder: at every instant it served exactly one thing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineage import names, recorder
from lineage.queries.asof import asof
from lineage.rollouts.settling import Seen, settle
from lineage.rollouts.switch_log import SwitchLog
from lineage.rollouts.switches import iso_milliseconds
from lineage.vocabulary import Stage
from tests.lineage import builders
from tests.lineage.nights import StagedNight
from tests.lineage.worlds import World

pytestmark = pytest.mark.slow

START = datetime(2025, 11, 21, tzinfo=UTC)
YEAR = timedelta(days=365)
MILLISECOND = timedelta(milliseconds=1)
Served = tuple[str | None, int | None]
"""A deployment and its package's version; nothing after the first rollout came to nothing."""


Rollout = tuple[dict[str, Any], dict[str, Any]]
"""Its document, and its outcome."""


@dataclass(frozen=True)
class Life:
    """The rollouts to an endpoint until it comes to what none of them tells, if it does."""

    rollouts: tuple[Rollout, ...]
    seen: Seen | None


@dataclass(frozen=True)
class Year:
    """An endpoint's lives, and what it served from which instant on."""

    lives: tuple[Life, ...]
    served: dict[datetime, Served]

    def at(self, instant: datetime) -> Served:
        """What the endpoint served, by the plan."""
        return self.served[max(each for each in self.served if each <= instant)]


@pytest.fixture(scope="module")
def world() -> World:
    documents = [builders.a_night(f"{n:08x}", dataset=str(n)) for n in (1, 2, 3)]
    made = World([StagedNight(it, version=n) for n, it in enumerate(documents, 1)])
    for night in made.nights:
        night.record_until(Stage.REGISTRATION, made.clients)
    return made


@pytest.fixture(scope="module")
def numbers() -> Iterator[int]:
    return count(1)


_ENDS = st.sampled_from(
    ["lasts", "lasts", "is restored", "never switches", "switches for nothing", "is aborted"]
)
_PAUSES = st.lists(st.integers(1, 300), min_size=2, max_size=2)
_AFTERWARDS = st.sampled_from(["left alone", "left alone", "deleted", "updated by hand"])
_ROLLOUTS = st.lists(
    st.tuples(st.integers(1, 3), _ENDS, _PAUSES, _AFTERWARDS), min_size=1, max_size=12
)


def a_year(nights: list[StagedNight], endpoint: str, drawn: Any) -> Year:
    """Rollouts one after the other, hours and milliseconds apart; versions go back and forth.

    The update of one that is aborted goes on without it. After some of them somebody deletes the
    endpoint, if it is there, or gives it a configuration that no rollout made.
    """
    now, config, serving = START, None, (None, None)
    lives, rollouts, served = [], list[Rollout](), dict[datetime, Served]()
    for number, (version, end, (pause, lasting), afterwards) in enumerate(drawn):
        rollout = _rollout(nights[version - 1], endpoint, number, config)
        now += timedelta(hours=pause * 2 % 700, milliseconds=pause)
        back = now + (timedelta(minutes=lasting) if end == "is restored" else timedelta())
        rollouts.append((rollout, _outcome(end, now, back)))
        name = names.deployment(endpoint, rollout["RolloutId"])
        if end == "is restored":
            served |= {now: (name, version), back: serving}
        now = back
        if end in ("lasts", "is aborted"):
            now += timedelta(minutes=lasting) if end == "is aborted" else timedelta()
            config, serving = rollout["EndpointConfigName"], (name, version)
            served[now] = serving
        if end == "is aborted":
            lives.append(Life(tuple(rollouts), Seen(endpoint, config, now)))
            rollouts = []
        if config is not None and afterwards != "left alone":
            now, serving = now + timedelta(minutes=lasting), (None, None)
            config = None if afterwards == "deleted" else f"by-hand-{number}"
            served[now] = serving
            lives.append(Life(tuple(rollouts), Seen(endpoint, config, now)))
            rollouts = []
    return Year((*lives, Life(tuple(rollouts), None)), served)


def _outcome(end: str, now: datetime, back: datetime) -> dict[str, Any]:
    outcome = {"Status": "Completed", "EndedAt": "2026-12-01T00:00:00Z"}
    if end in ("never switches", "is aborted"):
        return outcome | {"Status": "Failed"}
    outcome["SwitchedAt"] = iso_milliseconds(now)
    if end == "lasts":
        return outcome
    return outcome | {"Status": "RolledBack", "RestoredAt": iso_milliseconds(back)}


def _rollout(
    night: StagedNight, endpoint: str, number: int, previous: str | None
) -> dict[str, Any]:
    rollout = builders.a_rollout(night.document, night.package_arn, EndpointName=endpoint)
    before = {} if previous is None else {"PreviousEndpointConfigName": previous}
    rollout_id = f"v{night.version}-{number}"
    return rollout | {
        "RolloutId": rollout_id,
        "Trigger": "Rollback" if number % 3 else "Approval",
        "EndpointConfigName": f"{endpoint}-{rollout_id}",
        **before,
    }


@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_an_endpoint_served_exactly_one_thing_at_every_instant_of_a_year(
    data: st.DataObject, world: World, numbers: Iterator[int]
) -> None:
    endpoint = f"prod-{next(numbers)}"
    year = a_year(world.nights, endpoint, data.draw(_ROLLOUTS))
    told = list[Rollout]()
    for life in year.lives:
        told += life.rollouts
        again = data.draw(st.lists(st.sampled_from(told), max_size=4))
        for rollout, outcome in data.draw(st.permutations([*life.rollouts, *again])):
            recorder.record_rollout(world.clients, "fraud", rollout)
            recorder.record_rollout_outcome(world.clients, "fraud", rollout, outcome)
        if life.seen:
            assert settle(world.s3, "fraud", life.seen)
            assert not settle(world.s3, "fraud", life.seen), "it is heard of once more"
    if not year.served:
        assert endpoint not in SwitchLog(world.s3, "fraud").instants().of
        return
    first = min(year.served)
    anywhere = st.timedeltas(timedelta(), START + YEAR - first)
    instants = [*year.served, *(each - MILLISECOND for each in year.served if each != first)]
    instants += [first + each for each in data.draw(st.lists(anywhere, max_size=5))]
    for instant in instants:
        (answer,) = asof(
            SwitchLog(world.s3, "fraud"), world.sagemaker, instant.isoformat(), endpoint
        )["Endpoints"]
        assert (answer.get("Deployment"), answer.get("Version")) == year.at(instant)
        since, until = (
            datetime.fromisoformat(answer.get(key, "9999-12-31T00:00:00Z"))
            for key in ("Since", "Until")
        )
        assert since <= instant < until
        assert since in year.served
