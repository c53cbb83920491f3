"""A year of an endpoint, asked about at every step: what is not provisional is so for ever."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineage import recorder
from lineage.errors import BeforeFirstDeployment
from lineage.queries.asof import asof
from lineage.rollouts.settling import Seen, settle
from lineage.rollouts.switch_log import SwitchLog
from lineage.rollouts.switches import iso_milliseconds
from lineage.vocabulary import Stage
from tests.lineage import builders
from tests.lineage.nights import StagedNight
from tests.lineage.production import Registry
from tests.lineage.wires import CutOff, Killed
from tests.lineage.worlds import World

pytestmark = pytest.mark.slow

START = datetime(2025, 11, 21, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
_CUT_OFF, _LATE = "is cut off", "is cut off, and completed after the next one"
_RESTORED = {"is restored", _CUT_OFF, _LATE}
_ENDS = ("lasts", *sorted(_RESTORED), "never switches", "is aborted")
_AFTERWARDS = ("left alone", "left alone", "deleted", "updated by hand")
_PAUSES = st.lists(st.integers(1, 300), min_size=5, max_size=5)
_ROLLOUTS = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from(_ENDS), _PAUSES, st.sampled_from(_AFTERWARDS)),
    min_size=2,
    max_size=6,
)


@dataclass
class Endpoint:
    """One that lives through a year, and everything that was ever answered of it.

    Attributes:
        served: What SageMaker had there in service, and from when on.
        final: What was told of each instant, and was not provisional.
        dead_letters: The rollouts whose ends were cut off, and are heard of once more.
    """

    world: World
    name: str
    now: datetime = START
    served: dict[datetime, str | None] = field(default_factory=lambda: {START: None})
    final: dict[datetime, Mapping[str, Any]] = field(default_factory=dict)
    were_open: int = 0
    dead_letters: list[dict[str, Any]] = field(default_factory=list)

    @cached_property
    def registry(self) -> Registry:
        """What SageMaker says of it."""
        return Registry(self.world.clients.sagemaker, [])

    def pass_time(self, minutes: int) -> None:
        """Be asked before it, and after it."""
        self.ask(self.now)
        self.now += timedelta(minutes=minutes, milliseconds=minutes)
        self.world.s3.now = self.now

    def serve(self, config: str | None) -> None:
        """SageMaker has brought it to something, at this instant."""
        self.served[self.now] = config
        if config is None:
            self.registry.endpoints.clear()
        else:
            told = {"EndpointConfigName": config, "EndpointStatus": "InService"}
            self.registry.endpoints[self.name] = told | {"LastModifiedTime": self.now}

    @property
    def config(self) -> str | None:
        """What it has."""
        return self.served[max(self.served)]

    def ask_again(self) -> None:
        """Ask about every instant that it was asked about, and around each change."""
        around = {each - offset for each in self.served for offset in (timedelta(), MILLISECOND)}
        for instant in sorted({*self.final, *around} - {START - MILLISECOND}):
            self.ask(instant)

    def ask(self, instant: datetime) -> None:
        """What is told and not provisional was so, and is as it was told before.

        It may be provisional once more: nobody knows at first since when an endpoint is gone.
        """
        told = self._told(instant)
        if told is None:
            self.were_open += 1
            return
        actual = self.served[max(each for each in self.served if each <= instant)]
        assert told.get("EndpointConfigName") == actual, (instant, told)
        before = self.final.setdefault(instant, told)
        assert before == {key: told[key] for key in before if key in told}, instant

    def _told(self, instant: datetime) -> Mapping[str, Any] | None:
        """An answer without what may still come: until when; None of a provisional one."""
        log = SwitchLog(self.world.s3, "fraud")
        asked = log, self.registry, instant.isoformat(), self.name
        try:
            (answer,) = asof(*asked, own=[self.name])["Endpoints"]
        except BeforeFirstDeployment as nothing:
            return None if "provisional" in str(nothing) else {}
        return None if "Provisional" in answer else answer


@pytest.fixture(scope="module")
def world() -> World:
    documents = [builders.a_night(f"{n:08x}", dataset=str(n)) for n in (1, 2)]
    made = World([StagedNight(it, version=n) for n, it in enumerate(documents, 1)])
    for night in made.nights:
        night.record_until(Stage.REGISTRATION, made.clients)
    return made


@pytest.fixture(scope="module")
def numbers() -> Iterator[int]:
    return count(1)


def begin(endpoint: Endpoint, night: StagedNight, number: int) -> dict[str, Any]:
    """A rollout whose start is on record."""
    rollout_id = f"v{night.version}-{number}"
    before = {} if endpoint.config is None else {"PreviousEndpointConfigName": endpoint.config}
    made = builders.a_rollout(
        night.document,
        night.package_arn,
        EndpointName=endpoint.name,
        RolloutId=rollout_id,
        EndpointConfigName=f"{endpoint.name}-{rollout_id}",
        StartedAt=iso_milliseconds(endpoint.now),
        **before,
    )
    recorder.record_rollout(endpoint.world.clients, "fraud", made)
    return made


def go_on(endpoint: Endpoint, rollout: dict[str, Any], end: str, pauses: list[int]) -> None:
    """Let a rollout come to its end, which is recorded some time after it."""
    outcome, before = {"Status": "Failed"}, endpoint.config
    if end in {"lasts", *_RESTORED}:
        endpoint.pass_time(pauses[0])
        endpoint.serve(rollout["EndpointConfigName"])
        outcome = {"Status": "Completed", "SwitchedAt": iso_milliseconds(endpoint.now)}
    if end in _RESTORED:
        endpoint.pass_time(pauses[1])
        endpoint.serve(before)
        restored = {"Status": "RolledBack", "RestoredAt": iso_milliseconds(endpoint.now)}
        outcome |= restored
    endpoint.pass_time(pauses[2])
    told = rollout, outcome | {"EndedAt": iso_milliseconds(endpoint.now)}
    clients = endpoint.world.clients
    for objects in {_CUT_OFF: (1, 2), _LATE: (1,)}.get(end, ()):
        cut = CutOff(objects=objects).through(clients)
        with pytest.raises(Killed):
            recorder.record_rollout_outcome(cut, "fraud", *told)
        endpoint.ask_again()
    if end == _LATE:
        endpoint.dead_letters.append(rollout)
        return
    recorder.record_rollout_outcome(clients, "fraud", *told)
    endpoint.ask_again()
    if end == "is aborted":
        come_to(endpoint, rollout["EndpointConfigName"], pauses[3])


def hear_again(endpoint: Endpoint, dead_letters: list[dict[str, Any]]) -> None:
    """Let an operator send again what died, in the order in which it did."""
    for rollout in dead_letters:
        recorder.complete_rollout_outcome(endpoint.world.clients, "fraud", rollout)
        endpoint.ask_again()


def come_to(endpoint: Endpoint, config: str | None, minutes: int) -> None:
    """Let SageMaker, or somebody, bring it to what no rollout tells; that is heard of later."""
    endpoint.pass_time(minutes)
    endpoint.serve(config)
    changed_at = endpoint.now
    endpoint.pass_time(1)
    endpoint.ask_again()
    assert settle(endpoint.world.s3, "fraud", Seen(endpoint.name, config, changed_at))


@settings(max_examples=8, deadline=None)
@given(drawn=_ROLLOUTS)
def test_an_answer_is_provisional_or_stays_for_ever(
    drawn: list[Any], world: World, numbers: Iterator[int]
) -> None:
    endpoint = Endpoint(world, f"prod-{next(numbers)}")
    for number, (which, end, pauses, afterwards) in enumerate(drawn):
        endpoint.pass_time(pauses[4] * 60)
        dead_letters, endpoint.dead_letters = endpoint.dead_letters, []
        rollout = begin(endpoint, world.nights[which], number)
        go_on(endpoint, rollout, end, pauses)
        hear_again(endpoint, dead_letters)
        if afterwards != "left alone" and endpoint.config:
            config = None if afterwards == "deleted" else f"by-hand-{number}"
            come_to(endpoint, config, pauses[4])
    endpoint.pass_time(1)
    hear_again(endpoint, endpoint.dead_letters)
    endpoint.ask_again()
    assert endpoint.were_open
    asked_once_more, endpoint.were_open = endpoint.were_open, 0
    endpoint.ask_again()
    assert endpoint.were_open == 0 < asked_once_more, "in the end all of it is final"
