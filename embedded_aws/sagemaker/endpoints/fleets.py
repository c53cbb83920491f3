"""What serves behind an endpoint: model archives, fetched and opened, a container for each."""

from __future__ import annotations

import shutil
import tarfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import urlsplit

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError

from embedded_aws.environment import Environment
from embedded_aws.gateway.service import ServiceError
from embedded_aws.sagemaker.endpoints.models import SESSION_NAME
from embedded_aws.sagemaker.endpoints.records import Model, Wanted
from embedded_aws.sagemaker.endpoints.scorer import Scorer
from embedded_aws.sagemaker.execution_role import assumer


class DeploymentError(Exception):
    """A deployment that fails; the message becomes the endpoint's FailureReason."""


class Concurrency:
    """How many requests a serverless variant answers at a time; one with instances has no limit."""

    def __init__(self, most: int | None) -> None:
        self.most = most
        self._busy = 0
        self._lock = threading.Lock()

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Count a request while it is answered.

        Raises:
            ServiceError: ``ThrottlingException`` without a text, as public issue threads show it.
        """
        with self._lock:
            if self.most is not None and self._busy >= self.most:
                raise ServiceError("ThrottlingException", "")
            self._busy += 1
        try:
            yield
        finally:
            with self._lock:
                self._busy -= 1


@dataclass(frozen=True, eq=False)
class Container:
    """One variant of one fleet, ready to score."""

    variant_name: str
    role_arn: str
    model_folder: Path
    is_serverless: bool
    concurrency: Concurrency = field(compare=False)


class Fleet:
    """The containers of one configuration.

    Raises:
        DeploymentError: model data cannot be read with the model's role, is no archive, or
            holds no model that the container can load.
    """

    def __init__(self, environment: Environment, scorer: Scorer, wanted: Wanted) -> None:
        self.wanted = wanted
        scratch = environment.settings.scratch / "sagemaker" / "endpoints"
        scratch.mkdir(parents=True, exist_ok=True)
        self._folder = Path(mkdtemp(dir=scratch, prefix=f"{wanted.config.name}-"))
        try:
            for name, model in wanted.models.items():
                _launch(environment, scorer, self._folder / name, name, model)
        except DeploymentError:
            self.close()
            raise
        self.containers: Mapping[str, Container] = {
            members["VariantName"]: self._container(members["VariantName"], members)
            for members in wanted.config.variants
        }

    def close(self) -> None:
        """Remove the models' files."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _container(self, name: str, members: Mapping[str, Mapping[str, int]]) -> Container:
        serverless = members.get("ServerlessConfig")
        return Container(
            variant_name=name,
            role_arn=self.wanted.models[name].role_arn,
            model_folder=self._folder / name / "model",
            is_serverless=serverless is not None,
            concurrency=Concurrency(serverless["MaxConcurrency"] if serverless else None),
        )


def _launch(
    environment: Environment, scorer: Scorer, folder: Path, variant_name: str, model: Model
) -> None:
    folder.mkdir()
    archive, model_folder = folder / "model.tar.gz", folder / "model"
    _fetch(environment, model, archive)
    _open(archive, model_folder)
    files = [path for path in model_folder.glob("*") if path.is_file()]
    if len(files) > 1:
        message = "the embedded AWS does not support a model archive of several files (ensembles)"
        raise DeploymentError(message)
    if not files or not scorer.ping(model_folder):
        message = (
            f"The primary container for production variant {variant_name} did not pass the ping "
            "health check. Please check CloudWatch logs for this endpoint."
        )
        raise DeploymentError(message)


def _fetch(environment: Environment, model: Model, archive: Path) -> None:
    url = model.container["ModelDataUrl"]
    location = urlsplit(url)
    clients = environment.clients
    try:
        s3 = clients.as_role("s3", model.role_arn, SESSION_NAME, assumer(model.arn))
        s3.download_file(location.netloc, location.path.lstrip("/"), str(archive))
    except (Boto3Error, BotoCoreError, ClientError) as refused:
        message = f"Failed to download model data from URL {url}: {refused}"
        raise DeploymentError(message) from refused


def _open(archive: Path, folder: Path) -> None:
    try:
        with tarfile.open(archive) as opened:
            opened.extractall(folder, filter="data")
    except (tarfile.TarError, EOFError) as unreadable:
        message = f"Failed to extract model data archive from {archive.name}: {unreadable}"
        raise DeploymentError(message) from unreadable
