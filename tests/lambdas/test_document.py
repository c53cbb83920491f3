"""What the stack's settings put into a night document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from docs.generate import ROOT
from embedded_aws.cloudformation.template import parse
from lineage.records.lock import RetentionLock
from night.document import Execution, Settings, prepare
from night.errors import InvalidInput

BUCKET = "fraud"
EXECUTION = Execution(
    arn="arn:aws:states:us-east-1:123456789012:execution:retrain:2026-11-21",
    start_time="2026-11-22T02:00:00.123Z",
    state_machine_name="retrain",
)
PARAMETERS = parse((ROOT / "template.yaml").read_text())["Parameters"]


@pytest.fixture
def prepared(client: Callable[[str], Any]) -> Callable[..., dict[str, Any]]:
    """Prepare a night of one partition in a stack that locks records as told."""

    def run(**object_lock: str) -> dict[str, Any]:
        s3 = client("s3")
        s3.create_bucket(Bucket=BUCKET)
        s3.put_object(Bucket=BUCKET, Key="labelled/dt=2026-11-21/part.parquet", Body=b"rows")
        return prepare(GIVEN, EXECUTION, settings_of(**object_lock), s3)

    return run


GIVEN = {"DataDate": "2026-11-21", "AllowMissingPartitions": True}
LOCK = {name: PARAMETERS[f"ObjectLock{name}"] for name in ("Days", "Mode")}


def settings_of(**object_lock: str) -> Settings:
    """What a stack says that locks records as told."""
    return Settings.parse(
        BUCKET,
        {
            "LabelledUri": f"s3://{BUCKET}/labelled/",
            "ImageUri": "xgboost:3.0-5",
            "ModelPackageGroup": "fraud",
            "Commit": "unknown",
            "ProductionEndpoint": "fraud-production",
            "ObjectLock": {name: rule["Default"] for name, rule in LOCK.items()} | object_lock,
            "Overrides": {},
        },
    )


@pytest.mark.parametrize("stack_name", ["Nightly", "n" * 21, "2nights", "two_nights"])
def test_a_stack_whose_jobs_could_have_no_legal_names_is_told_so_before_it_starts_one(
    stack_name: str,
) -> None:
    execution = replace(EXECUTION, state_machine_name=f"{stack_name}-retrain")
    wanted = "has to begin with a lower-case letter and to consist of at most 20"
    with pytest.raises(InvalidInput, match=f"stack's name {stack_name} {wanted}"):
        prepare(GIVEN, execution, settings_of(), s3=None)


def test_records_are_not_locked_by_default(prepared: Callable[..., dict[str, Any]]) -> None:
    assert RetentionLock.parse(prepared()) is None


def test_records_are_locked_from_the_start_of_the_execution_on(
    prepared: Callable[..., dict[str, Any]],
) -> None:
    """Every attempt and every redrive asks for the same date, which S3 finds in the future."""
    lock = RetentionLock.parse(prepared(Days="30"))
    assert lock is not None
    assert lock.parameters["ObjectLockMode"] == "GOVERNANCE"
    until = datetime(2026, 12, 22, 2, 0, 0, 123_000, tzinfo=UTC)
    assert lock.parameters["ObjectLockRetainUntilDate"] == until
