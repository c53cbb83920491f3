"""A trained model in S3, a role that may read it, and hosting resources made in one line."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xgboost

from embedded_aws.instance import Instance
from embedded_aws.testing import make_role

_NUMBERS = count()
BUCKET = "models"
IMAGE_URI = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5"
SERVERLESS = {"ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 5}}
INSTANCES = {"InstanceType": "ml.m5.large", "InitialInstanceCount": 2}
READ = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{BUCKET}"},
        {
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject"],
            "Resource": f"arn:aws:s3:::{BUCKET}/*",
        },
        {"Effect": "Allow", "Action": "cloudwatch:DescribeAlarms", "Resource": "*"},
    ],
}


@pytest.fixture(scope="session")
def booster() -> xgboost.Booster:
    """A small classifier of three features."""
    random = np.random.default_rng(1)
    rows = random.random((200, 3))
    labels = (rows[:, 0] > rows[:, 1]).astype(float)
    return xgboost.train(
        {"objective": "binary:logistic", "max_depth": 3, "nthread": 1},
        xgboost.DMatrix(rows, labels),
        num_boost_round=5,
    )


def archive_of(files: dict[str, bytes]) -> bytes:
    """A model.tar.gz."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return written.getvalue()


class HostingMaker:
    """Creates models, configurations and endpoints; lets virtual time pass."""

    def __init__(self, aws: Instance, client: Callable[[str], Any]) -> None:
        self.clock = aws.environment.clock
        self.sagemaker, self.runtime = client("sagemaker"), client("sagemaker-runtime")
        self.s3, iam = client("s3"), client("iam")
        self.s3.create_bucket(Bucket=BUCKET)
        self.role_arn = make_role(iam, "host", "sagemaker", actions=())
        iam.put_role_policy(RoleName="host", PolicyName="read", PolicyDocument=json.dumps(READ))

    def name(self, stem: str) -> str:
        return f"{stem}-{next(_NUMBERS)}"

    def archive(self, files: dict[str, bytes]) -> str:
        key = f"{self.name('run')}/model.tar.gz"
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=archive_of(files))
        return f"s3://{BUCKET}/{key}"

    def copied(self, url: str) -> str:
        """A copy of model data that nobody else uses."""
        key = f"{self.name('copy')}/model.tar.gz"
        source = {"Bucket": BUCKET, "Key": url.removeprefix(f"s3://{BUCKET}/")}
        self.s3.copy_object(Bucket=BUCKET, Key=key, CopySource=source)
        return f"s3://{BUCKET}/{key}"

    def model(self, url: str, **more: Any) -> str:
        name = self.name("model")
        container = {"Image": IMAGE_URI, "ModelDataUrl": url, **more}
        self.sagemaker.create_model(
            ModelName=name, PrimaryContainer=container, ExecutionRoleArn=self.role_arn
        )
        return name

    def config(self, model: str, **more: Any) -> str:
        name = self.name("config")
        variant = {"VariantName": "AllTraffic", "ModelName": model, **(more or SERVERLESS)}
        self.sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
        return name

    def url_of(self, config: str) -> str:
        """Where the model data of a configuration lies."""
        described = self.sagemaker.describe_endpoint_config(EndpointConfigName=config)
        model = described["ProductionVariants"][0]["ModelName"]
        container = self.sagemaker.describe_model(ModelName=model)["PrimaryContainer"]
        return str(container["ModelDataUrl"])

    def endpoint(self, config: str) -> str:
        name = self.name("endpoint")
        self.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=config)
        return name

    def status(self, endpoint: str) -> str:
        described = self.sagemaker.describe_endpoint(EndpointName=endpoint)
        return str(described["EndpointStatus"])

    def pass_minutes(self, minutes: float) -> None:
        self.clock.advance_to(self.clock.now() + timedelta(minutes=minutes))

    def invoke(self, endpoint: str, body: str, **more: Any) -> Any:
        return self.runtime.invoke_endpoint(
            EndpointName=endpoint, Body=body, ContentType="text/csv", **more
        )


@pytest.fixture(scope="module")
def hosting(aws: Instance, client: Callable[[str], Any]) -> HostingMaker:
    return HostingMaker(aws, client)


@pytest.fixture(scope="module")
def model_url(
    hosting: HostingMaker, booster: xgboost.Booster, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """Where the small classifier lies, as a training job leaves it."""
    path: Path = tmp_path_factory.mktemp("model") / "xgboost-model.ubj"
    booster.save_model(path)
    return hosting.archive({"xgboost-model": path.read_bytes()})
