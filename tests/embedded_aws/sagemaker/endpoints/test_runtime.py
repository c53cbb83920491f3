from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
import xgboost
from botocore.exceptions import ClientError

Refused = Callable[..., tuple[str, str]]
ROWS = "0.9,0.1,0.5\n0.1,0.9,0.5\n0.4,0.6,\n"


@pytest.fixture(scope="module")
def endpoint(hosting: Any, model_url: str) -> str:
    """An endpoint that serves the small classifier."""
    name = str(hosting.endpoint(hosting.config(hosting.model(model_url))))
    hosting.pass_minutes(2)
    return name


def expected(booster: xgboost.Booster, text: str) -> list[float]:
    rows = [[float(cell or "nan") for cell in line.split(",")] for line in text.split()]
    scores: list[float] = booster.predict(xgboost.DMatrix(np.array(rows))).tolist()
    return scores


def test_rows_are_scored_by_the_very_model(
    hosting: Any, endpoint: str, booster: xgboost.Booster
) -> None:
    """sagemaker-containers, _encoders.array_to_csv: a line per row."""
    answer = hosting.invoke(endpoint, ROWS)

    body = answer["Body"].read().decode()
    assert body.endswith("\n")
    assert [float(score) for score in body.splitlines()] == expected(booster, ROWS)
    assert answer["ContentType"] == "text/csv; charset=utf-8"
    assert answer["InvokedProductionVariant"] == "AllTraffic"


def test_scores_come_as_json_when_asked_for(
    hosting: Any, endpoint: str, booster: xgboost.Booster
) -> None:
    """sagemaker-xgboost-container, serve_utils.encode_predictions_as_json."""
    answer = hosting.invoke(endpoint, ROWS, Accept="application/json")

    scores = [{"score": score} for score in expected(booster, ROWS)]
    assert json.loads(answer["Body"].read()) == {"predictions": scores}
    assert answer["ContentType"] == "application/json"


def test_time_jumps_while_somebody_keeps_an_endpoint_busy(hosting: Any, endpoint: str) -> None:
    is_asked, is_over = threading.Event(), threading.Event()

    def ask() -> None:
        try:
            while not is_over.is_set():
                hosting.invoke(endpoint, ROWS)
                is_asked.set()
        finally:
            is_asked.set()

    with ThreadPoolExecutor(max_workers=1) as pool:
        asking = pool.submit(ask)
        is_asked.wait()
        hosting.pass_minutes(60)
        is_over.set()
    assert asking.exception() is None


def test_an_update_changes_the_scores_when_it_is_done(
    hosting: Any, model_url: str, booster: xgboost.Booster, tmp_path: Any
) -> None:
    """API reference of UpdateEndpoint: "there is no availability loss"."""
    path = tmp_path / "model.ubj"
    booster[:1].save_model(path)
    weaker = hosting.archive({"xgboost-model": path.read_bytes()})
    name = hosting.endpoint(hosting.config(hosting.model(model_url)))
    hosting.pass_minutes(2)
    before = hosting.invoke(name, ROWS)["Body"].read()

    config = hosting.config(hosting.model(weaker))
    hosting.sagemaker.update_endpoint(EndpointName=name, EndpointConfigName=config)
    meanwhile = hosting.invoke(name, ROWS)["Body"].read()
    hosting.pass_minutes(2)
    after = hosting.invoke(name, ROWS)["Body"].read()

    assert meanwhile == before
    assert [float(each) for each in after.split()] == expected(booster[:1], ROWS)


@pytest.mark.parametrize(
    ("body", "status"),
    [("1,2,3,4", 400), ("a,b,c", 415), ("0.1,0.2,0.3\n0.1", 415)],
    ids=["too many features", "words", "ragged rows"],
)
def test_what_the_container_refuses_is_a_model_error(
    body: str, status: int, hosting: Any, endpoint: str
) -> None:
    """API reference of InvokeEndpoint: ModelError 424 with the container's own answer."""
    with pytest.raises(ClientError) as refused:
        hosting.invoke(endpoint, body)

    response = refused.value.response
    assert response["Error"]["Code"] == "ModelError"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 424
    assert response["OriginalStatusCode"] == status
    assert f"Received client error ({status}) from primary" in response["Error"]["Message"]


@pytest.mark.parametrize(("accept", "status"), [("image/png", 406), ("application/jsonlines", 500)])
def test_an_answer_that_the_container_does_not_give_is_a_model_error(
    accept: str, status: int, hosting: Any, endpoint: str
) -> None:
    """sagemaker-xgboost-container, serve.py: jsonlines passes its list, but has no encoder."""
    with pytest.raises(ClientError) as refused:
        hosting.invoke(endpoint, ROWS, Accept=accept)

    assert refused.value.response["Error"]["Code"] == "ModelError"
    assert refused.value.response["OriginalStatusCode"] == status


def test_an_endpoint_goes_on_after_a_refusal(hosting: Any, endpoint: str, refused: Refused) -> None:
    refused(hosting.invoke, endpoint=endpoint, body="a,b,c")

    assert hosting.invoke(endpoint, ROWS)["Body"].read()


@pytest.mark.parametrize("name", ["never-made", "creating", "deleted"])
def test_an_endpoint_that_does_not_serve_is_not_found(
    name: str, hosting: Any, model_url: str, refused: Refused
) -> None:
    """Public issue threads: ValidationError "Endpoint ... of account ... not found."."""
    if name != "never-made":
        config = hosting.config(hosting.model(model_url))
        hosting.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=config)
    if name == "deleted":
        hosting.pass_minutes(2)
        hosting.sagemaker.delete_endpoint(EndpointName=name)

    code, message = refused(hosting.invoke, endpoint=name, body=ROWS)

    assert code == "ValidationError"
    assert message == f"Endpoint {name} of account 123456789012 not found."


def test_the_name_must_match_in_case(hosting: Any, model_url: str, refused: Refused) -> None:
    """API reference of CreateEndpoint, EndpointName."""
    config = hosting.config(hosting.model(model_url))
    hosting.sagemaker.create_endpoint(EndpointName="MixedCase", EndpointConfigName=config)
    hosting.pass_minutes(2)

    assert hosting.invoke("MixedCase", ROWS)["Body"].read()
    assert refused(hosting.invoke, endpoint="mixedcase", body=ROWS)[0] == "ValidationError"


@pytest.mark.parametrize("content_type", ["text/libsvm", "text/x-libsvm; charset=utf8"])
def test_rows_may_be_libsvm(
    content_type: str, hosting: Any, endpoint: str, booster: xgboost.Booster
) -> None:
    """sagemaker-xgboost-container v3.0-5, serve_utils.py: columns count from nought, no shift."""
    answer = hosting.runtime.invoke_endpoint(
        EndpointName=endpoint, Body="0 0:0.9 1:0.1 2:0.5\n0 0:0.1 2:0.5", ContentType=content_type
    )

    scores = [float(line) for line in answer["Body"].read().split()]
    assert scores == expected(booster, "0.9,0.1,0.5\n0.1,,0.5")


def test_an_unknown_content_type_is_a_model_error(hosting: Any, endpoint: str) -> None:
    """sagemaker-xgboost-container, data_utils.get_content_type."""
    with pytest.raises(ClientError) as refused:
        hosting.runtime.invoke_endpoint(
            EndpointName=endpoint, Body="{}", ContentType="application/json"
        )

    response = refused.value.response
    assert response["OriginalStatusCode"] == 415
    assert response["OriginalMessage"].startswith(
        "application/json is not an accepted ContentType: csv, libsvm"
    )


def test_recordio_is_refused_by_name(hosting: Any, endpoint: str, refused: Refused) -> None:
    kind = "application/x-recordio-protobuf"

    for more in ({"ContentType": kind}, {"ContentType": "text/csv", "Accept": kind}):
        _, message = refused(
            hosting.runtime.invoke_endpoint, EndpointName=endpoint, Body=ROWS, **more
        )
        assert kind in message


def test_a_payload_has_at_most_four_megabytes_serverless(
    hosting: Any, endpoint: str, refused: Refused
) -> None:
    """Guide "Serverless Inference": quotas."""
    body = "0.1,0.2,0.3\n" * 350_000

    code, message = refused(hosting.invoke, endpoint=endpoint, body=body)

    assert code == "ValidationError"
    assert str(len(body)) in message


def test_variants_share_the_traffic_by_weight(hosting: Any, model_url: str) -> None:
    """API reference of ProductionVariant, InitialVariantWeight; InvokeEndpoint, TargetVariant."""
    config, model = hosting.name("config"), hosting.model(model_url)
    instances = {"InstanceType": "ml.m5.large", "InitialInstanceCount": 1, "ModelName": model}
    hosting.sagemaker.create_endpoint_config(
        EndpointConfigName=config,
        ProductionVariants=[
            {"VariantName": "main", "InitialVariantWeight": 3.0, **instances},
            {"VariantName": "trial", "InitialVariantWeight": 1.0, **instances},
        ],
    )
    name = hosting.endpoint(config)
    hosting.pass_minutes(5)

    def variants(requests: int, **target: str) -> list[str]:
        answers = (hosting.invoke(name, ROWS, **target) for _ in range(requests))
        return [str(answer["InvokedProductionVariant"]) for answer in answers]

    assert sorted(variants(4)) == ["main", "main", "main", "trial"]
    assert variants(2, TargetVariant="trial") == ["trial", "trial"]
    hosting.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=name,
        DesiredWeightsAndCapacities=[{"VariantName": "main", "DesiredWeight": 0.0}],
    )
    hosting.pass_minutes(1)
    assert variants(2) == ["trial", "trial"]


def test_another_variant_is_refused(hosting: Any, endpoint: str, refused: Refused) -> None:
    code, _ = refused(hosting.invoke, endpoint=endpoint, body=ROWS, TargetVariant="Shadow")

    assert code == "ValidationError"
