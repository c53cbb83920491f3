"""Every timestamp of one instance comes from one clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.core import utils
from moto.s3 import models as s3_models

from embedded_aws.instance import Instance
from embedded_aws.moto_mends import virtual_time


def test_stock_moto_reads_the_machines_clock() -> None:
    before = datetime.now(UTC).replace(tzinfo=None)
    assert before <= virtual_time._STOCK_UTCNOW() <= datetime.now(UTC).replace(tzinfo=None)


def test_mended_it_reads_the_instances(aws: Instance, client: Callable[[str], Any]) -> None:
    clock = aws.environment.clock
    clock.advance_to(clock.now() + timedelta(days=400))
    s3 = client("s3")
    s3.create_bucket(Bucket="stamped")
    s3.put_object(Bucket="stamped", Key="key", Body=b"x")
    stamped = s3.head_object(Bucket="stamped", Key="key")["LastModified"]
    assert abs(clock.now() - stamped) < timedelta(minutes=1)


def test_modules_that_bound_the_stock_function_follow(aws: Instance) -> None:
    assert s3_models.utcnow is utils.utcnow
    now = aws.environment.clock.now().replace(tzinfo=None)
    assert abs(now - s3_models.utcnow()) < timedelta(minutes=1)
