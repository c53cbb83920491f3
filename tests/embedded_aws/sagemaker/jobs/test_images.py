"""Image URIs and their local stand-ins."""

from __future__ import annotations

from pathlib import Path

import pytest

from embedded_aws.sagemaker.jobs.failures import ClientFailure
from embedded_aws.sagemaker.jobs.images import algorithm, entrypoint, is_known, pull

PYTHON = Path("/venv/bin/python")
REGISTRY = "683313688378.dkr.ecr.us-east-1.amazonaws.com"


@pytest.mark.parametrize(
    "uri",
    [
        f"{REGISTRY}/sagemaker-xgboost:3.0-5",
        f"{REGISTRY}/sagemaker-xgboost@sha256:{'0' * 64}",
        "450853457545.dkr.ecr.cn-north-1.amazonaws.com.cn/sagemaker-xgboost:1.7-1",
    ],
)
def test_the_xgboost_image_of_any_region_and_tag_is_known(uri: str) -> None:
    assert is_known(uri)
    assert pull(uri).algorithm.endswith("xgboost_algorithm")


@pytest.mark.parametrize(
    "uri", [f"{REGISTRY}/sagemaker-scikit-learn:1.2-1", "sagemaker-xgboost:3.0-5", "", "x/y"]
)
def test_any_other_image_cannot_be_pulled(uri: str) -> None:
    assert not is_known(uri)
    with pytest.raises(ClientFailure, match="ClientError: Cannot pull algorithm container"):
        pull(uri)


@pytest.mark.parametrize("program", ["python", "python3", "/usr/bin/python3"])
def test_an_entrypoints_python_is_this_machines(program: str) -> None:
    assert entrypoint([program, "-m", "jobs"], PYTHON).command == (str(PYTHON), "-m", "jobs")


def test_any_other_program_is_run_as_it_is() -> None:
    assert entrypoint(["/bin/sh", "-c", "python3"], PYTHON).command == ("/bin/sh", "-c", "python3")


def test_algorithm_mode_finds_its_module_whatever_the_job_sets() -> None:
    launch = algorithm(pull(f"{REGISTRY}/sagemaker-xgboost:3.0-5"), PYTHON)
    module = launch.command[-1].replace(".", "/") + ".py"
    assert (Path(launch.environment["PYTHONPATH"]) / module).is_file()
