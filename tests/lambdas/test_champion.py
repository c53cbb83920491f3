"""Which model serves in production, as PrepareNight pins it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from lineage import names
from lineage.records.record import Record
from lineage.rollouts.switch_log import SwitchLog
from lineage.rollouts.switches import Served, Switch, gone_switch
from lineage.vocabulary import Cause, Stage, Trigger
from night.champion import Challenge, pin
from night.document import NON_INFERIOR, demanded
from night.errors import ChampionNotComparable
from tests.lineage import builders
from tests.lineage.graphs import graph_until

BUCKET, ENDPOINT = "fraud", "fraud-production"
DOCUMENT = builders.a_night()
MODEL = builders.the_jobs(DOCUMENT).train["ModelArtifacts"]["S3ModelArtifacts"]
PACKAGE = builders.a_package(DOCUMENT)["ModelPackageArn"]
CHALLENGE = Challenge(BUCKET, ENDPOINT, "runs/dt=2026-12-01/20261201-aaaaaaaa/", "2026-11-25")
RECORD = Record(
    uri=f"s3://{BUCKET}/lineage/outcome.json",
    stage=Stage.DEPLOYMENT_OUTCOME,
    night=DOCUMENT,
    graph=graph_until(Stage.DEPLOYMENT_OUTCOME, DOCUMENT),
)


def switched(minute: int, cause: Cause, *, served: bool) -> Switch:
    return Switch(
        endpoint_name=ENDPOINT,
        at=datetime(2026, 11, 22, 10, minute, tzinfo=UTC),
        cause=cause,
        caused_by="fraud-production-deployment-v7",
        endpoint_config_name=None if cause is Cause.REMOVED else "fraud-production-v7",
        served=Served(PACKAGE, "d", RECORD.uri, Trigger.APPROVAL, None) if served else None,
    )


@pytest.fixture
def s3(client: Callable[[str], Any]) -> Any:
    """A bucket in which production serves what a night of 2026-11-21 registered."""
    s3 = client("s3")
    s3.create_bucket(Bucket=BUCKET)
    for left in s3.list_objects_v2(Bucket=BUCKET).get("Contents", ()):
        s3.delete_object(Bucket=BUCKET, Key=left["Key"])
    for uri, text in ((RECORD.uri, RECORD.text), (MODEL, "a model")):
        s3.put_object(Bucket=BUCKET, Key=uri.removeprefix(f"s3://{BUCKET}/"), Body=text.encode())
    SwitchLog(s3, BUCKET).append(switched(0, Cause.SWITCHED, served=True))
    return s3


def test_what_serves_in_production_is_pinned_by_a_copy_of_its_model(s3: Any) -> None:
    pinned = pin(s3, CHALLENGE)
    key = f"{CHALLENGE.run_folder}champion/v7/model.tar.gz"
    features = builders.a_summary(DOCUMENT)["features"]
    assert pinned == {
        "PackageArn": PACKAGE,
        "SourceUri": MODEL,
        "SourceVersionId": "null",
        "ModelUri": f"s3://{BUCKET}/{key}",
        "FeaturesDigest": names.sha256(names.canonical_json(features)),
    }
    assert s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() == b"a model"


def test_pinning_it_again_pins_the_same(s3: Any) -> None:
    assert pin(s3, CHALLENGE) == pin(s3, CHALLENGE)


def test_where_nothing_ever_served_there_is_no_champion(s3: Any) -> None:
    other = Challenge(BUCKET, "fraud-candidate", CHALLENGE.run_folder, CHALLENGE.holdout_first)
    assert pin(s3, other) is None


def test_where_production_was_removed_there_is_no_champion(s3: Any) -> None:
    SwitchLog(s3, BUCKET).append(switched(1, Cause.REMOVED, served=False))
    assert pin(s3, CHALLENGE) is None


def test_where_somebody_deleted_production_there_is_no_champion(s3: Any) -> None:
    deleted_at = datetime(2026, 11, 22, 10, 1, tzinfo=UTC)
    SwitchLog(s3, BUCKET).append(gone_switch(ENDPOINT, "fraud-production-v7", deleted_at))
    assert pin(s3, CHALLENGE) is None


def not_comparable(s3: Any, challenge: Challenge = CHALLENGE) -> str:
    pinned = pin(s3, challenge)
    assert pinned is not None
    assert set(pinned) == {"NotComparable"}
    told: str = pinned["NotComparable"]
    assert "\n" not in told
    return told


def test_what_no_rollout_brought_cannot_be_compared(s3: Any) -> None:
    SwitchLog(s3, BUCKET).append(switched(1, Cause.FOUND, served=False))
    assert "which no rollout on record brought there" in not_comparable(s3)


def test_a_model_that_is_gone_cannot_be_compared(s3: Any) -> None:
    s3.delete_object(Bucket=BUCKET, Key=MODEL.removeprefix(f"s3://{BUCKET}/"))
    assert "NoSuchKey" in not_comparable(s3)


@pytest.mark.parametrize("body", [b"{}", b"no JSON", None])
def test_a_record_that_does_not_read_cannot_be_compared(s3: Any, body: bytes | None) -> None:
    place = {"Bucket": BUCKET, "Key": RECORD.uri.removeprefix(f"s3://{BUCKET}/")}
    s3.delete_object(**place) if body is None else s3.put_object(**place, Body=body)
    assert not_comparable(s3)


def test_a_champion_that_learnt_from_the_holdout_cannot_be_compared(s3: Any) -> None:
    """The built night's validation day, the last that its model saw, is 2026-11-07."""
    same_day = Challenge(BUCKET, ENDPOINT, CHALLENGE.run_folder, "2026-11-07")
    day_after = Challenge(BUCKET, ENDPOINT, CHALLENGE.run_folder, "2026-11-08")
    assert "was trained on days up to 2026-11-07" in not_comparable(s3, same_day)
    assert "ModelUri" in (pin(s3, day_after) or {})


class Failing:
    """An S3 that refuses every call."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def list_objects_v2(self, **_: object) -> None:
        raise self.error


@pytest.mark.parametrize(
    "error",
    [
        ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "ListObjectsV2"),
        EndpointConnectionError(endpoint_url="https://s3"),
    ],
    ids=["refused", "unreachable"],
)
def test_not_to_know_what_serves_costs_no_night_that_only_the_threshold_judges(
    error: Exception,
) -> None:
    told = not_comparable(Failing(error))
    assert demanded("threshold", {"NotComparable": told}, ENDPOINT) == {
        "Champion": {"NotComparable": told}
    }
    with pytest.raises(ChampionNotComparable, match="nightly rerun NIGHT --set GateMode=threshold"):
        demanded(NON_INFERIOR, {"NotComparable": told}, ENDPOINT)
