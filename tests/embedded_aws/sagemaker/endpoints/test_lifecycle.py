from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from embedded_aws.faults.plan import FaultPlan
from embedded_aws.faults.reading import read_faults

Refused = Callable[..., tuple[str, str]]
PREFIX = "arn:aws:sagemaker:us-east-1:123456789012"
INSTANCES = {"InstanceType": "ml.m5.large", "InitialInstanceCount": 2}


@pytest.fixture
def in_service(hosting: Any, model_url: str) -> str:
    """A serverless endpoint that serves."""
    name = str(hosting.endpoint(hosting.config(hosting.model(model_url))))
    hosting.pass_minutes(2)
    return name


@pytest.mark.parametrize(("variant", "minutes"), [({}, 2), (INSTANCES, 5)])
def test_an_endpoint_comes_into_service_when_time_passes(
    variant: dict[str, Any], minutes: float, hosting: Any, model_url: str
) -> None:
    """API reference of CreateEndpoint: Creating, then InService; the minutes are typical ones."""
    name = hosting.endpoint(hosting.config(hosting.model(model_url), **variant))

    assert hosting.status(name) == "Creating"
    hosting.pass_minutes(minutes - 1)
    assert hosting.status(name) == "Creating"
    hosting.pass_minutes(1)
    assert hosting.status(name) == "InService"


def test_creating_an_endpoint_holds_nobody_up(hosting: Any, model_url: str) -> None:
    """A night does not wait for its endpoint: the clock has no reason to jump to it."""
    before = hosting.clock.now()
    name = hosting.endpoint(hosting.config(hosting.model(model_url)))

    hosting.pass_minutes(0)

    assert hosting.status(name) == "Creating"
    assert (hosting.clock.now() - before).total_seconds() < 60


def test_an_endpoint_in_service_tells_its_variant(hosting: Any, model_url: str) -> None:
    config = hosting.config(hosting.model(model_url), **INSTANCES)
    name = hosting.endpoint(config)
    hosting.pass_minutes(5)

    described = hosting.sagemaker.describe_endpoint(EndpointName=name)

    (variant,) = described["ProductionVariants"]
    assert described["EndpointArn"] == f"{PREFIX}:endpoint/{name}"
    assert described["EndpointConfigName"] == config
    assert variant["VariantName"] == "AllTraffic"
    assert variant["CurrentInstanceCount"] == 2
    assert variant["CurrentWeight"] == 1.0


def test_instances_are_made_of_a_serverless_endpoint_and_never_the_reverse(
    in_service: str, hosting: Any, model_url: str, refused: Refused
) -> None:
    """Guide, "Update a serverless endpoint": the reverse "is currently not supported"."""
    serverless = hosting.sagemaker.describe_endpoint(EndpointName=in_service)["EndpointConfigName"]
    config = hosting.config(hosting.model(model_url), **INSTANCES)
    hosting.sagemaker.update_endpoint(EndpointName=in_service, EndpointConfigName=config)
    hosting.pass_minutes(5)
    assert hosting.status(in_service) == "InService"

    code, message = refused(
        hosting.sagemaker.update_endpoint, EndpointName=in_service, EndpointConfigName=serverless
    )

    assert code == "ValidationException"
    assert message.endswith("has instances, and cannot become serverless.")
    described = hosting.sagemaker.describe_endpoint(EndpointName=in_service)
    assert described["EndpointConfigName"] == config


def test_a_missing_endpoint_could_not_be_found(hosting: Any, refused: Refused) -> None:
    """SageMaker SDK: ValidationException "Could not find endpoint", not ResourceNotFound."""
    for call in (hosting.sagemaker.describe_endpoint, hosting.sagemaker.delete_endpoint):
        code, message = refused(call, EndpointName="never-made")
        assert code == "ValidationException"
        assert message == f'Could not find endpoint "{PREFIX}:endpoint/never-made".'


def test_a_second_endpoint_of_a_name_is_refused(
    hosting: Any, model_url: str, refused: Refused
) -> None:
    """SageMaker SDK: the "Cannot create already existing" family."""
    config = hosting.config(hosting.model(model_url))
    name = hosting.endpoint(config)

    code, message = refused(
        hosting.sagemaker.create_endpoint, EndpointName=name, EndpointConfigName=config
    )

    assert code == "ValidationException"
    assert message.startswith("Cannot create already existing endpoint")


def test_an_endpoint_needs_a_configuration_that_exists(hosting: Any, refused: Refused) -> None:
    code, message = refused(hosting.endpoint, config="never-made")

    assert code == "ValidationException"
    assert message.startswith("Could not find endpoint configuration")


def test_an_update_brings_another_configuration(
    hosting: Any, model_url: str, in_service: str
) -> None:
    """API reference of UpdateEndpoint: Updating, then InService."""
    former = hosting.sagemaker.describe_endpoint(EndpointName=in_service)["EndpointConfigName"]
    config = hosting.config(hosting.model(model_url))
    hosting.sagemaker.update_endpoint(EndpointName=in_service, EndpointConfigName=config)

    updating = hosting.sagemaker.describe_endpoint(EndpointName=in_service)
    hosting.pass_minutes(2)
    updated = hosting.sagemaker.describe_endpoint(EndpointName=in_service)

    assert updating["EndpointStatus"] == "Updating"
    assert updating["EndpointConfigName"] == former
    assert updating["PendingDeploymentSummary"]["EndpointConfigName"] == config
    assert updated["EndpointStatus"] == "InService"
    assert updated["EndpointConfigName"] == config
    assert "PendingDeploymentSummary" not in updated
    assert updated["LastModifiedTime"] > updating["LastModifiedTime"]


def test_an_endpoint_in_progress_cannot_be_updated(
    hosting: Any, model_url: str, refused: Refused
) -> None:
    """Public issue threads: "Cannot update in-progress endpoint"."""
    model = hosting.model(model_url)
    name = hosting.endpoint(hosting.config(model))

    code, message = refused(
        hosting.sagemaker.update_endpoint,
        EndpointName=name,
        EndpointConfigName=hosting.config(model),
    )

    assert code == "ValidationException"
    assert message.startswith("Cannot update in-progress endpoint")


def test_an_update_needs_a_new_configuration(
    hosting: Any, in_service: str, refused: Refused
) -> None:
    """API reference of UpdateEndpoint: "you must create a new EndpointConfig"."""
    config = hosting.sagemaker.describe_endpoint(EndpointName=in_service)["EndpointConfigName"]

    code, _ = refused(
        hosting.sagemaker.update_endpoint, EndpointName=in_service, EndpointConfigName=config
    )

    assert code == "ValidationException"


def test_an_archive_without_a_model_fails_the_endpoint(hosting: Any) -> None:
    """Public issue threads: the ping health check's FailureReason."""
    url = hosting.archive({"nested/readme.txt": b"no model at the top"})
    name = hosting.endpoint(hosting.config(hosting.model(url)))
    hosting.pass_minutes(2)

    described = hosting.sagemaker.describe_endpoint(EndpointName=name)

    assert described["EndpointStatus"] == "Failed"
    assert "ping health check" in described["FailureReason"]


def test_a_model_that_cannot_be_loaded_fails_the_endpoint(hosting: Any) -> None:
    """sagemaker-xgboost-container, serve.py: a worker that cannot load its model exits."""
    url = hosting.archive({"xgboost-model": b"no booster"})
    name = hosting.endpoint(hosting.config(hosting.model(url)))
    hosting.pass_minutes(2)

    described = hosting.sagemaker.describe_endpoint(EndpointName=name)

    assert described["EndpointStatus"] == "Failed"
    assert "variant AllTraffic did not pass the ping health check" in described["FailureReason"]


def test_model_data_that_is_no_archive_fails_the_endpoint(hosting: Any) -> None:
    """API model: ModelDataUrl points to a gzip-compressed tar archive."""
    hosting.s3.put_object(Bucket="models", Key="plain/model.tar.gz", Body=b"no archive")
    name = hosting.endpoint(hosting.config(hosting.model("s3://models/plain/model.tar.gz")))
    hosting.pass_minutes(2)

    described = hosting.sagemaker.describe_endpoint(EndpointName=name)

    assert described["EndpointStatus"] == "Failed"
    assert "extract model data archive" in described["FailureReason"]


def test_model_data_that_went_missing_fails_the_endpoint(hosting: Any) -> None:
    """API reference of CreateEndpoint: the data is downloaded while the endpoint is created."""
    url = hosting.archive({"xgboost-model": b""})
    name = hosting.endpoint(hosting.config(hosting.model(url)))
    hosting.s3.delete_object(Bucket="models", Key=url.removeprefix("s3://models/"))
    hosting.pass_minutes(2)

    described = hosting.sagemaker.describe_endpoint(EndpointName=name)

    assert described["EndpointStatus"] == "Failed"
    assert url in described["FailureReason"]


def test_an_endpoint_that_failed_must_be_made_anew(
    hosting: Any, model_url: str, refused: Refused
) -> None:
    """Undocumented; an endpoint that never served has nothing to update."""
    url = hosting.archive({"nested/readme.txt": b""})
    name = hosting.endpoint(hosting.config(hosting.model(url)))
    hosting.pass_minutes(2)

    code, _ = refused(
        hosting.sagemaker.update_endpoint,
        EndpointName=name,
        EndpointConfigName=hosting.config(hosting.model(model_url)),
    )

    assert code == "ValidationException"


def test_a_failed_update_leaves_what_served(hosting: Any, in_service: str) -> None:
    """Guide "Deployment guardrails": the update is rolled back."""
    former = hosting.sagemaker.describe_endpoint(EndpointName=in_service)["EndpointConfigName"]
    broken = hosting.config(hosting.model(hosting.archive({"nested/readme.txt": b""})))
    hosting.sagemaker.update_endpoint(EndpointName=in_service, EndpointConfigName=broken)
    hosting.pass_minutes(2)

    described = hosting.sagemaker.describe_endpoint(EndpointName=in_service)

    assert described["EndpointStatus"] == "InService"
    assert described["EndpointConfigName"] == former
    assert "ping health check" in described["FailureReason"]
    assert hosting.invoke(in_service, "0,0,0")["Body"].read()


def test_a_deleted_endpoint_goes_after_a_while(
    hosting: Any, in_service: str, refused: Refused
) -> None:
    """API reference of DeleteEndpoint; for how long it is Deleting is not documented."""
    hosting.sagemaker.delete_endpoint(EndpointName=in_service)

    assert hosting.status(in_service) == "Deleting"
    hosting.pass_minutes(1)
    assert refused(hosting.status, endpoint=in_service)[0] == "ValidationException"


def test_an_endpoint_in_progress_cannot_be_deleted(
    hosting: Any, model_url: str, in_service: str, refused: Refused
) -> None:
    """ACK's sagemaker-controller, sdk errors of DeleteEndpoint; public issue threads."""
    created = hosting.endpoint(hosting.config(hosting.model(model_url)))
    config = hosting.config(hosting.model(model_url))
    hosting.sagemaker.update_endpoint(EndpointName=in_service, EndpointConfigName=config)

    for name in (created, in_service):
        code, message = refused(hosting.sagemaker.delete_endpoint, EndpointName=name)
        assert code == "ValidationException"
        assert message == f'Cannot update in-progress endpoint "{PREFIX}:endpoint/{name}".'


def test_a_failed_endpoint_can_only_be_deleted(hosting: Any, refused: Refused) -> None:
    """API reference of DescribeEndpoint, status Failed."""
    url = hosting.archive({"nested/readme.txt": b""})
    name = hosting.endpoint(hosting.config(hosting.model(url)))
    hosting.pass_minutes(2)

    hosting.sagemaker.delete_endpoint(EndpointName=name)
    hosting.pass_minutes(1)

    assert refused(hosting.status, endpoint=name)[0] == "ValidationException"


def test_an_image_without_a_stand_in_is_refused_by_name(
    hosting: Any, model_url: str, refused: Refused
) -> None:
    model = hosting.model(model_url, Image="123456789012.dkr.ecr.us-east-1.amazonaws.com/own:1")

    _, message = refused(hosting.endpoint, config=hosting.config(model))

    assert "own:1" in message


def test_endpoints_are_listed_by_status(hosting: Any, in_service: str) -> None:
    listed = hosting.sagemaker.list_endpoints(
        StatusEquals="InService", SortBy="Name", NameContains=in_service
    )

    assert [each["EndpointName"] for each in listed["Endpoints"]] == [in_service]
    assert (
        hosting.sagemaker.list_endpoints(StatusEquals="Failed", NameContains=in_service)[
            "Endpoints"
        ]
        == []
    )


def test_a_new_endpoint_appears_in_the_lineage(hosting: Any, model_url: str) -> None:
    """Guide "SageMaker-created tracking entities"."""
    name = hosting.endpoint(hosting.config(hosting.model(model_url)))
    hosting.pass_minutes(1)

    (context,) = hosting.sagemaker.list_contexts(
        SourceUri=f"{PREFIX}:endpoint/{name}", ContextType="Endpoint"
    )["ContextSummaries"]
    walked = hosting.sagemaker.query_lineage(
        StartArns=[context["ContextArn"]], Direction="Ascendants"
    )

    assert context["ContextName"] == f"{name}-aws-endpoint"
    assert [vertex["Type"] for vertex in walked["Vertices"]] == [
        "Endpoint",
        "ModelDeployment",
        "Image",
        "Model",
    ]


@pytest.mark.parametrize("operation", ["HeadObject", "GetObject"])
def test_an_endpoint_that_cannot_reach_its_model_fails(
    operation: str, hosting: Any, model_url: str, faults: FaultPlan
) -> None:
    """It does not stay in Creating for ever."""
    fault = {"service": "s3", "operation": operation, "effect": "lose_request"}
    config = hosting.config(hosting.model(model_url))
    faults.add(*read_faults(json.dumps({"faults": [fault]})))
    name = hosting.endpoint(config)

    hosting.pass_minutes(2)

    described = hosting.sagemaker.describe_endpoint(EndpointName=name)
    assert described["EndpointStatus"] == "Failed"
    assert "Failed to download model data" in described["FailureReason"]
