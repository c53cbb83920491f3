"""prune_lineage: old nights go from SageMaker's graph while there is time, and the room is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from embedded_aws.instance import Instance
from lineage.clients import Clients
from lineage.errors import LineageNotReady, LineageUnavailable
from lineage.vocabulary import Stage
from tests.lambdas.lineage_functions import CONTEXT, load
from tests.lineage import builders
from tests.lineage.nights import DescribedJobs, StagedNight, stage_night

BUCKET = "fraud"


@pytest.fixture(scope="module")
def function(aws: Instance, client: Callable[[str], Any]) -> ModuleType:
    client("s3").create_bucket(Bucket=BUCKET)
    return load("prune_lineage", aws, {"BUCKET": BUCKET})


@pytest.fixture(scope="module")
def nights(function: ModuleType, client: Callable[[str], Any]) -> list[StagedNight]:
    """Three nights, of which two are older than the newest."""
    assert function
    made = []
    for number in (1, 2, 3):
        document = builders.a_night(
            f"{number:08x}", bucket=BUCKET, data_date=f"2026-11-0{number}", dataset=str(number)
        )
        made.append(stage_night(client("s3"), StagedNight(document, version=number)))
        clients = Clients(DescribedJobs(client("sagemaker"), made[-1]), client("s3"))
        made[-1].record_until(Stage.REGISTRATION, clients)
    return made


@pytest.fixture
def with_time(client: Callable[[str], Any]) -> Callable[[int], SimpleNamespace]:
    """An invocation that has time until so many nights are pruned, and then for little more."""
    s3 = client("s3")

    def pruned() -> int:
        listed = s3.list_objects_v2(Bucket=BUCKET, Prefix="lineage/")["Contents"]
        return sum(each["Key"].endswith("pruned.receipt.json") for each in listed)

    def context(nights: int) -> SimpleNamespace:
        left = {"get_remaining_time_in_millis": lambda: 900_000 if pruned() < nights else 100_000}
        return SimpleNamespace(**vars(CONTEXT) | left)

    return context


def test_it_prunes_while_there_is_time_and_goes_on_the_next_time(
    function: ModuleType,
    nights: list[StagedNight],
    with_time: Callable[[int], SimpleNamespace],
    capsys: pytest.CaptureFixture[str],
) -> None:
    runs = [night.document["RunId"] for night in nights]
    first = function.handler({"RetentionNights": 1}, with_time(1))
    assert (first["Pruned"], first["Left"]) == (runs[:1], 1)
    second = function.handler({"RetentionNights": 1}, with_time(3))
    assert (second["Pruned"], second["Left"]) == (runs[1:2], 0)
    assert 0 < second["PercentUsed"] < 1
    metrics = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    assert [it["LineageNightsPruned"] for it in metrics] == [[1.0], [1.0]]
    before, after = metrics[-1]["LineageQuotaUsed"]
    assert before >= after == second["PercentUsed"]


def test_the_room_is_told_even_if_retention_fails_on_its_way(
    function: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object) -> None:
        raise LineageNotReady

    monkeypatch.setattr(function.Retention, "prune", fails)
    with pytest.raises(LineageNotReady):
        function.handler({"RetentionNights": 1}, CONTEXT)
    (metrics,) = [json.loads(it) for it in capsys.readouterr().out.splitlines() if "_aws" in it]
    assert len(metrics["LineageQuotaUsed"]) == 1


@pytest.mark.filterwarnings("ignore:No application metrics to publish")
def test_what_aws_does_not_do_in_time_is_named_before_the_function_times_out(
    function: ModuleType, nights: list[StagedNight]
) -> None:
    assert nights
    late = SimpleNamespace(**vars(CONTEXT) | {"get_remaining_time_in_millis": lambda: 70_000})
    with pytest.raises(LineageUnavailable, match="Nothing is lost"):
        function.handler({"RetentionNights": 1}, late)
