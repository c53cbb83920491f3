"""The unmodified SageMaker Python SDK 2: one user's work, done once, looked at by every test."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from embedded_aws.testing import make_role

pytestmark = pytest.mark.slow

BUCKET = "sagemaker-us-east-1-123456789012"


@pytest.fixture(scope="module")
def seen(client: Callable[[str], Any], sdk_user: Callable[..., str]) -> Any:
    """What `sagemaker_sdk_user.py` saw."""
    role_arn = make_role(client("iam"), "SageMakerRole", "sagemaker", actions=())
    client("iam").attach_role_policy(
        RoleName="SageMakerRole", PolicyArn="arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"
    )
    printed = sdk_user("sagemaker_sdk_user.py", role_arn, BUCKET)
    return json.loads(printed.splitlines()[-1]) | {"printed": printed}


def test_it_is_the_second_major_version(seen: Any) -> None:
    assert seen["version"].startswith("2.257.")


def test_a_session_makes_its_bucket_and_brings_data_there_and_back(seen: Any) -> None:
    assert seen["stores"] == {
        "uri": f"s3://{BUCKET}/raw/amounts.csv",
        "listed": ["raw/amounts.csv"],
        "read": "1 2 3",
        "downloaded": ["copy/amounts.csv"],
    }


def test_a_script_processor_runs_a_script_on_data_and_shows_its_log(seen: Any) -> None:
    job = seen["processes"]
    assert (job["status"], job["output"]) == ("Completed", "2.0 4.0 6.0")
    assert "doubled 3" in seen["printed"]


def test_an_estimator_fits_the_built_in_algorithm(seen: Any) -> None:
    model_data = seen["trains"]["model_data"]
    assert model_data.startswith(f"s3://{BUCKET}/sagemaker-xgboost-")
    assert model_data.endswith("/output/model.tar.gz")


def test_a_model_is_registered_and_approved(seen: Any, client: Callable[[str], Any]) -> None:
    package = seen["trains"]["package"]
    assert package == "arn:aws:sagemaker:us-east-1:123456789012:model-package/amounts/1"
    described = client("sagemaker").describe_model_package(ModelPackageName=package)
    assert described["ModelApprovalStatus"] == "Approved"


def test_an_approved_package_predicts_behind_an_endpoint_that_is_then_deleted(
    seen: Any, client: Callable[[str], Any]
) -> None:
    scores = [float(score) for row in seen["trains"]["prediction"] for score in row]
    assert len(scores) == 2
    assert all(0 < score < 1 for score in scores)
    assert client("sagemaker").list_endpoints()["Endpoints"] == []


def test_the_visualizer_shows_what_sagemaker_noted_of_a_training_job(seen: Any) -> None:
    assert seen["shows"]["training"] == [
        ["Input", "DataSet", "ContributedTo"],
        ["Input", "Image", "ContributedTo"],
        ["Output", "Model", "Produced"],
    ]


def test_the_visualizer_shows_what_sagemaker_noted_of_a_processing_job(seen: Any) -> None:
    assert seen["shows"]["processing"] == [
        ["Input", "DataSet", "ContributedTo"],
        ["Input", "DataSet", "ContributedTo"],
        ["Input", "Image", "ContributedTo"],
        ["Output", "DataSet", "Produced"],
    ]


def test_lineage_entities_are_made_changed_and_listed(seen: Any) -> None:
    drawn = seen["draws"]
    assert drawn["properties"] == {"Threshold": "0.5"}
    assert {"training"} <= set(drawn["listed"]["actions"])
    assert {"serving"} <= set(drawn["listed"]["contexts"])
    assert drawn["listed"]["associations"] == ["ContributedTo"]


def test_a_lineage_query_walks_up_to_the_data_and_over_the_whole_graph(seen: Any) -> None:
    drawn = seen["draws"]
    kinds = drawn["kinds"]
    assert [kinds[arn] for arn in drawn["ascending"]] == ["data"]
    assert [kinds[arn] for arn in drawn["datasets"]] == ["data"]
    assert drawn["whole"] == [4, 3]
    assert drawn["objects"] == ["Action", "DatasetArtifact", "EndpointContext", "ModelArtifact"]
    assert drawn["endpoints"] == ["serving"]
