"""A serving embedded AWS and clients of it, for every test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from embedded_aws.instance import Instance, serve
from embedded_aws.settings import Settings

VIRTUAL_START = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """An instance of the embedded AWS, fresh for each test module."""
    scratch: Path = tmp_path_factory.mktemp("embedded-aws")
    with serve(Settings(scratch=scratch, start_at=VIRTUAL_START)) as instance:
        yield instance


@pytest.fixture(scope="module")
def client(aws: Instance) -> Callable[[str], Any]:
    """Make boto3 clients as any user would: an endpoint, a region, dummy keys, no retries."""

    def make(service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=aws.url,
            region_name=aws.environment.settings.region,
            aws_access_key_id="AKIDUSER",
            aws_secret_access_key="unused",
            config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
        )

    return make


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a serving instance, so that `make check` can leave it to `make test`."""
    for item in items:
        if "aws" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.served)
