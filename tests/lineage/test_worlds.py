"""Accounts without a wire hold what a served one holds after the same calls."""

from __future__ import annotations

from typing import Any

import pytest

from lineage.clients import Clients
from lineage.records.archive import Archive
from lineage.vocabulary import Stage
from tests.lineage import builders
from tests.lineage.nights import DescribedJobs, StagedNight, stage_night
from tests.lineage.worlds import World, graph_of


@pytest.fixture
def night() -> StagedNight:
    return StagedNight(builders.a_night())


@pytest.fixture
def world(night: StagedNight) -> World:
    return World([night])


def test_a_night_leaves_the_same_in_both(
    world: World, night: StagedNight, sagemaker: Any, s3: Any
) -> None:
    stage_night(s3, night)
    for clients in (world.clients, Clients(DescribedJobs(sagemaker, night), s3)):
        night.record_until(list(Stage)[-1], clients)
    contents = world.contents()
    objects = contents.pop("objects")
    assert contents == graph_of(sagemaker)
    records = {key: text for key, text in objects.items() if key.startswith("lineage/")}
    served = Archive(s3)
    assert records == {key: served.read(f"s3://{night.bucket}/{key}") for key in records}
    assert records


def test_both_refuse_and_miss_alike(world: World, s3: Any) -> None:
    for uri in ("s3://fraud/not/there", "s3://fraud/there"):
        answers = []
        for each in (world.s3, s3):
            archive = Archive(each)
            answers.append((archive.read(uri), archive.write_once(uri, "1"), archive.read(uri)))
        assert answers[0] == answers[1] == (None, True, "1")
    assert Archive(world.s3).write_once("s3://fraud/there", "1") is False
