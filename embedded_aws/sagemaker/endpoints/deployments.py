"""What serves behind an endpoint: a model's archive, fetched and opened, and its scorer."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from embedded_aws.environment import Environment
from embedded_aws.sagemaker.endpoints.models import SESSION_NAME
from embedded_aws.sagemaker.endpoints.records import EndpointConfig, Model
from embedded_aws.sagemaker.endpoints.scorer import Scorer


class DeploymentError(Exception):
    """A deployment that fails; the message becomes the endpoint's FailureReason."""


class Deployment:
    """One configuration's model, ready to score.

    Raises:
        DeploymentError: the model data cannot be read with the model's role, or is no archive
            of one file.
    """

    def __init__(self, environment: Environment, config: EndpointConfig, model: Model) -> None:
        self.config = config
        self.image_uri: str = model.container["Image"]
        scratch = environment.settings.scratch / "sagemaker" / "endpoints"
        scratch.mkdir(parents=True, exist_ok=True)
        self._folder = Path(mkdtemp(dir=scratch, prefix=f"{config.name}-"))
        archive = self._folder / "model.tar.gz"
        model_folder = self._folder / "model"
        _fetch(environment, model, archive)
        _open(archive, model_folder, config)
        self.scorer = Scorer(environment.settings.job_python, model_folder)

    def close(self) -> None:
        """End the container and remove its files."""
        self.scorer.close()
        shutil.rmtree(self._folder)


def _fetch(environment: Environment, model: Model, archive: Path) -> None:
    url = model.container["ModelDataUrl"]
    location = urlsplit(url)
    s3 = environment.clients.as_role("s3", model.role_arn, SESSION_NAME)
    try:
        s3.download_file(location.netloc, location.path.lstrip("/"), str(archive))
    except ClientError as refused:
        message = f"Failed to download model data from URL {url}: {refused}"
        raise DeploymentError(message) from refused


def _open(archive: Path, folder: Path, config: EndpointConfig) -> None:
    try:
        with tarfile.open(archive) as opened:
            opened.extractall(folder, filter="data")
    except (tarfile.TarError, EOFError) as unreadable:
        message = f"Failed to extract model data archive from {archive.name}: {unreadable}"
        raise DeploymentError(message) from unreadable
    if len([path for path in folder.glob("*") if path.is_file()]) != 1:
        # What the endpoint says when the container cannot load its model.
        message = (
            f"The primary container for production variant {config.variant['VariantName']} did "
            "not pass the ping health check. Please check CloudWatch logs for this endpoint."
        )
        raise DeploymentError(message)
