"""The clients that lineage is written with, made once per execution environment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from lineage.clients import Clients
from lineage.outages import outages_named
from lineage.parallel import MOST_AT_ONCE
from night.deadline import Deadline

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_DEADLINE = Deadline()


def lineage_clients() -> Clients:
    """SageMaker and S3 with patience: lineage calls are throttled early, and nobody says where."""
    config = Config(
        retries={"mode": "adaptive", "max_attempts": 10},
        connect_timeout=3,
        read_timeout=20,
        max_pool_connections=MOST_AT_ONCE,
        # Botocore's own is put together anew at every call, which takes a tenth of its time.
        user_agent=f"nightly-retrain-lineage boto3/{boto3.__version__}",
    )
    sagemaker, s3 = (boto3.client(name, config=config) for name in ("sagemaker", "s3"))
    return Clients(_DEADLINE.keep(sagemaker), _DEADLINE.keep(s3))


@contextmanager
def patience(context: LambdaContext) -> Iterator[None]:
    """Let the clients be patient as long as an invocation has time for it.

    Raises:
        LineageUnavailable: AWS throttled, failed or was silent beyond that.
    """
    with _DEADLINE.of(context), outages_named():
        yield
