"""Finding records in the bucket."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lineage.clients import Clients
from lineage.records.shelf import Shelf
from lineage.vocabulary import ActionType, Stage
from tests.lineage.conftest import BUCKET
from tests.lineage.nights import DescribedJobs, StagedNight, put


def test_a_night_is_found_with_its_last_stage_and_its_deployments(
    night: StagedNight, clients: Clients, s3: Any
) -> None:
    night.record_until(Stage.DEPLOYMENT_OUTCOME, clients)
    found = Shelf(s3, BUCKET).find(night.document["DataDate"], night.document["RunId"])
    assert found is not None
    assert found.record.stage is Stage.REGISTRATION
    (deployment,) = found.graph.actions(ActionType.MODEL_DEPLOYMENT)
    for record in found.deployments:
        assert deployment.properties[f"{record.stage}RecordSha256"] == record.sha256
    assert {it.stage for it in found.deployments} == {Stage.DEPLOYMENT, Stage.DEPLOYMENT_OUTCOME}


def test_a_night_without_a_record_is_not_found(s3: Any) -> None:
    assert Shelf(s3, BUCKET).find("2026-01-01", "none") is None


def test_every_night_is_found_in_the_order_of_dates_and_runs(
    new_night: Callable[..., StagedNight], sagemaker: Any, s3: Any
) -> None:
    nights = [new_night() for _ in range(3)]
    clients = Clients(DescribedJobs(sagemaker, *nights), s3)
    for night in nights:
        night.record(Stage.FEATURISE, clients)
    shelf = Shelf(s3, BUCKET)
    found = [it.record.night["RunId"] for it in shelf.search(shelf.recorded())]
    assert found == sorted(found)
    assert {it.document["RunId"] for it in nights} <= set(found)


def test_receipts_and_strangers_are_no_records(
    night: StagedNight, clients: Clients, s3: Any
) -> None:
    night.record(Stage.FEATURISE, clients)
    put(s3, f"{night.document['RecordUri']}notes.txt", "somebody was here")
    put(s3, f"s3://{BUCKET}/lineage/readme.json", "{}")
    (folder,) = (it for it in Shelf(s3, BUCKET).folders() if it.run_id == night.document["RunId"])
    assert folder.titles == {"featurise"}


def test_a_shelf_of_more_than_one_page_is_read_to_its_end(s3: Any) -> None:
    class Paged:
        """S3 that hands out one key at a time."""

        def list_objects_v2(self, **request: Any) -> Any:
            return s3.list_objects_v2(**request, MaxKeys=1)

    for day in (1, 2, 3):
        put(s3, f"s3://{BUCKET}/lineage/dt=2020-01-0{day}/run/featurise.json", "{}")
    folders = Shelf(Paged(), BUCKET).folders("lineage/dt=2020-")  # type: ignore[arg-type]
    assert [it.data_date[-1] for it in folders] == ["1", "2", "3"]
    for day in (1, 2, 3):
        s3.delete_object(Bucket=BUCKET, Key=f"lineage/dt=2020-01-0{day}/run/featurise.json")
