"""The clients that lineage is written with, made once per execution environment."""

from __future__ import annotations

import boto3
from botocore.config import Config

from lineage.clients import Clients
from lineage.parallel import MOST_AT_ONCE


def lineage_clients() -> Clients:
    """SageMaker and S3 with patience: lineage calls are throttled early, and nobody says where."""
    config = Config(
        retries={"mode": "adaptive", "max_attempts": 10}, max_pool_connections=MOST_AT_ONCE
    )
    return Clients(boto3.client("sagemaker", config=config), boto3.client("s3", config=config))
