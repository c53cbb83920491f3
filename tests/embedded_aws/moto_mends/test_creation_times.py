"""What moto stamps with the machine's clock, past the function that virtual time replaces."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto.cloudwatch.models import Dashboard
from moto.s3.models import FakeBucket

from embedded_aws.instance import Instance
from embedded_aws.moto_mends import creation_times

Make = Callable[[str], Any]

MANIFEST = {
    "schemaVersion": 2,
    "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
    "config": {"digest": "sha256:0"},
}


@pytest.fixture
def now(aws: Instance) -> datetime:
    """A virtual instant that is far from the machine's."""
    aws.clock.advance_to(datetime.now(UTC) + timedelta(days=400))
    return aws.clock.now()


def assert_is(stamped: datetime, now: datetime) -> None:
    assert abs(stamped.astimezone(UTC) - now) < timedelta(minutes=1)


def test_stock_moto_reads_the_machines_clock() -> None:
    bucket, dashboard = object.__new__(FakeBucket), object.__new__(Dashboard)
    creation_times._STOCK[FakeBucket](bucket, "stock", "123456789012", "us-east-1")
    creation_times._STOCK[Dashboard](dashboard, "123456789012", "us-east-1", "stock", "{}")
    assert_is(bucket.creation_date, datetime.now(UTC))
    assert abs(dashboard.last_modified - datetime.now()) < timedelta(minutes=1)  # noqa: DTZ005


def test_a_bucket_is_as_old_as_the_clock_says(client: Make, now: datetime) -> None:
    client("s3").create_bucket(Bucket="dated")
    dates = {it["Name"]: it["CreationDate"] for it in client("s3").list_buckets()["Buckets"]}
    assert_is(dates["dated"], now)


def test_a_dashboard_is_as_old_as_the_clock_says(client: Make, now: datetime) -> None:
    body = json.dumps({"widgets": []})
    client("cloudwatch").put_dashboard(DashboardName="dated", DashboardBody=body)
    (dashboard,) = client("cloudwatch").list_dashboards()["DashboardEntries"]
    assert_is(dashboard["LastModified"], now)


def test_an_image_is_as_old_as_the_clock_says(client: Make, now: datetime) -> None:
    ecr = client("ecr")
    ecr.create_repository(repositoryName="dated")
    ecr.put_image(repositoryName="dated", imageManifest=json.dumps(MANIFEST))
    (image,) = ecr.describe_images(repositoryName="dated")["imageDetails"]
    assert_is(image["imagePushedAt"], now)
