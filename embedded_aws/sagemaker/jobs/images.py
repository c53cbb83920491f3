"""Which local program stands in for a container image; every other image cannot be pulled."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from embedded_aws.sagemaker.jobs.failures import ClientFailure

_ECR_URI = re.compile(
    r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?/(?P<repository>[^:@]+)[:@].+"
)
_CHECKOUT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Image:
    """A container image's local stand-in.

    Attributes:
        algorithm: Module that is the image's own training program (algorithm mode).
        environment: What the image's Dockerfile sets.
    """

    algorithm: str
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Launch:
    """What to start in a container: a command line, and variables that nothing overrides."""

    command: Sequence[str]
    environment: Mapping[str, str]


_XGBOOST = Image(
    algorithm="embedded_aws.sagemaker.jobs.algorithms.xgboost_algorithm",
    environment=MappingProxyType(
        {
            "SM_INPUT": "/opt/ml/input",
            "SM_MODEL_DIR": "/opt/ml/model",
            # Not the image's: this machine's cores are shared, and threads that spin while
            # they wait for each other make training three times as slow on a busy one.
            "OMP_WAIT_POLICY": "PASSIVE",
        }
    ),
)
_IMAGES: Mapping[str, Image] = {"sagemaker-xgboost": _XGBOOST}


def is_known(image_uri: str) -> bool:
    """Whether an image has a local stand-in."""
    found = _ECR_URI.fullmatch(image_uri)
    return found is not None and found["repository"] in _IMAGES


def pull(image_uri: str) -> Image:
    """Find an image's stand-in.

    Raises:
        ClientFailure: there is none; worded as AWS words an image that is not there.
    """
    found = _ECR_URI.fullmatch(image_uri)
    if found is None or found["repository"] not in _IMAGES:
        raise ClientFailure(
            f"Cannot pull algorithm container {image_uri}. "
            "Either the image does not exist or its permissions are incorrect."
        )
    return _IMAGES[found["repository"]]


def entrypoint(command: Sequence[str], python: Path) -> Launch:
    """Run a command of the job's own: its Python is this machine's ``python``."""
    program, *arguments = command
    if Path(program).name in {"python", "python3"}:
        program = str(python)
    return Launch((program, *arguments), {})


def algorithm(image: Image, python: Path) -> Launch:
    """Run the image's own training program, the only one that may import this package."""
    return Launch((str(python), "-m", image.algorithm), {"PYTHONPATH": str(_CHECKOUT)})
