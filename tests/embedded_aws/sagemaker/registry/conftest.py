"""A registry client, and packages made in one line."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

_NUMBERS = count()
IMAGE_URI = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5"
CONTAINERS = {
    "Containers": [{"Image": IMAGE_URI, "ModelDataUrl": "s3://bucket/model.tar.gz"}],
    "SupportedContentTypes": ["text/csv"],
    "SupportedResponseMIMETypes": ["text/csv"],
}


class RegistryMaker:
    """Creates groups and versions."""

    def __init__(self, sagemaker: Any) -> None:
        self.sagemaker = sagemaker

    def group(self, **more: Any) -> str:
        name = f"fraud-{next(_NUMBERS)}"
        self.sagemaker.create_model_package_group(ModelPackageGroupName=name, **more)
        return name

    def package(self, group: str | None = None, **more: Any) -> str:
        request = {"InferenceSpecification": CONTAINERS, **more}
        made = self.sagemaker.create_model_package(
            ModelPackageGroupName=group or self.group(), **request
        )
        return str(made["ModelPackageArn"])


@pytest.fixture(scope="module")
def sagemaker(client: Callable[[str], Any]) -> Any:
    return client("sagemaker")


@pytest.fixture(scope="module")
def registry(sagemaker: Any) -> RegistryMaker:
    return RegistryMaker(sagemaker)
