from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from embedded_aws.faults.plan import FaultPlan
from embedded_aws.faults.reading import read_faults

INSTANCES = {"InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
ROWS = "0.9,0.1,0.5\n0.1,0.9,0.5"


@pytest.fixture
def captured(hosting: Any, model_url: str) -> Any:
    """Invokes an endpoint twice, and gives back what was captured, by key."""

    def invoke_twice(**capture: Any) -> dict[str, Any]:
        config = hosting.name("config")
        prefix = f"s3://models/{config}"
        hosting.sagemaker.create_endpoint_config(
            EndpointConfigName=config,
            ProductionVariants=[
                {"VariantName": "v", "ModelName": hosting.model(model_url), **INSTANCES}
            ],
            DataCaptureConfig={
                "EnableCapture": True,
                "InitialSamplingPercentage": 100,
                "DestinationS3Uri": prefix,
                "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
                **capture,
            },
        )
        name = hosting.endpoint(config)
        hosting.pass_minutes(5)
        for number in range(2):
            hosting.invoke(name, ROWS, InferenceId=str(number))
        hosting.pass_minutes(1)
        listed = hosting.s3.list_objects_v2(Bucket="models", Prefix=f"{config}/{name}/v/")
        return {
            each["Key"]: json.loads(
                hosting.s3.get_object(Bucket="models", Key=each["Key"])["Body"].read()
            )
            for each in listed.get("Contents", ())
        }

    return invoke_twice


def test_requests_and_answers_are_captured_by_the_hour(captured: Any, hosting: Any) -> None:
    """Guide "View captured data"."""
    headers = {"CsvContentTypes": ["text/csv"]}

    files = captured(CaptureContentTypeHeader=headers)

    assert {event["eventMetadata"]["inferenceId"] for event in files.values()} == {"0", "1"}
    hour = hosting.clock.now().strftime("/%Y/%m/%d/%H/")
    for key, event in files.items():
        assert hour in key
        assert key.endswith(f"{event['eventMetadata']['eventId']}.jsonl")
        assert event["captureData"]["endpointInput"] == {
            "observedContentType": "text/csv",
            "mode": "INPUT",
            "data": ROWS,
            "encoding": "CSV",
        }
        output = event["captureData"]["endpointOutput"]
        assert output["observedContentType"] == "text/csv; charset=utf-8"
        assert len(output["data"].split()) == 2
        assert event["eventVersion"] == "0"


def test_what_no_header_names_is_encoded(captured: Any) -> None:
    """API reference of CaptureContentTypeHeader: base64 by default."""
    event = next(iter(captured(CaptureOptions=[{"CaptureMode": "Input"}]).values()))

    assert event["captureData"].keys() == {"endpointInput"}
    assert event["captureData"]["endpointInput"]["encoding"] == "BASE64"
    assert base64.b64decode(event["captureData"]["endpointInput"]["data"]).decode() == ROWS


def test_half_of_the_requests_is_every_other(captured: Any) -> None:
    assert len(captured(InitialSamplingPercentage=50)) == 1


def test_capture_can_be_switched_off(captured: Any) -> None:
    assert captured(EnableCapture=False) == {}


def test_a_lost_request_is_made_again(captured: Any, faults: FaultPlan) -> None:
    fault = {
        "service": "s3",
        "operation": "PutObject",
        "resource": "config-*.jsonl",
        "calls": {"first": 1},
        "effect": "lose_request",
    }
    faults.add(*read_faults(json.dumps({"faults": [fault]})))

    assert len(captured()) == 2
    assert not faults.unused
