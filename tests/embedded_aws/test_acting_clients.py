"""A call that spares the way over HTTP comes to the same as one that does not."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ParamValidationError

from embedded_aws.clients import ClientFactory
from embedded_aws.faults.reading import read_faults
from embedded_aws.instance import Instance
from embedded_aws.service_principals import ServicePrincipal
from embedded_aws.testing import make_role

STATES = ServicePrincipal("states.amazonaws.com")
EVENT = {"timestamp": 0, "message": "night"}
CALLS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "json": ("sagemaker", "describe_model_package_group", {"ModelPackageGroupName": "direct"}),
    "listed": ("sagemaker", "list_model_package_groups", {}),
    "refused": ("sagemaker", "describe_model_package_group", {"ModelPackageGroupName": "none"}),
    "misfit": ("sagemaker", "list_model_package_groups", {"NameContains": "?!"}),
    "rest": ("lambda", "list_functions", {}),
    "modelled": ("lambda", "get_function", {"FunctionName": "none"}),
    "query": ("sts", "get_caller_identity", {}),
    "object": ("s3", "get_object", {"Bucket": "direct", "Key": "a"}),
    "no object": ("s3", "get_object", {"Bucket": "direct", "Key": "none"}),
    "objects": ("s3", "list_objects_v2", {"Bucket": "direct"}),
    "moto": ("events", "list_rules", {}),
    "form": ("iam", "get_role", {"RoleName": "direct"}),
    "form refused": ("iam", "get_role", {"RoleName": "none"}),
    "log events": (
        "logs",
        "put_log_events",
        {
            "logGroupName": "direct",
            "logStreamName": "direct",
            "logEvents": [{"timestamp": 0, "message": "too old"}],
        },
    ),
    "log events of nowhere": (
        "logs",
        "put_log_events",
        {"logGroupName": "none", "logStreamName": "none", "logEvents": [EVENT]},
    ),
    "metric data": (
        "cloudwatch",
        "put_metric_data",
        {"Namespace": "direct", "MetricData": [{"MetricName": "nights", "Value": 1.0}]},
    ),
    "event that is none": (
        "events",
        "put_events",
        {"Entries": [{"Source": "nights", "DetailType": "night", "Detail": "{"}]},
    ),
    "moto refuses": ("logs", "describe_log_streams", {"logGroupName": "none"}),
}


@pytest.fixture(scope="module")
def role(client: Callable[[str], Any]) -> str:
    client("sagemaker").create_model_package_group(ModelPackageGroupName="direct")
    client("s3").create_bucket(Bucket="direct")
    client("s3").put_object(Bucket="direct", Key="a", Body=b"content")
    client("logs").create_log_group(logGroupName="direct")
    client("logs").create_log_stream(logGroupName="direct", logStreamName="direct")
    return make_role(client("iam"), "direct", "states", "lambda")


@pytest.fixture
def clients(aws: Instance) -> ClientFactory:
    return aws.environment.clients


@pytest.fixture
def over_http(aws: Instance) -> ClientFactory:
    return ClientFactory(aws.url, aws.environment.settings.region, aws.clock)


def outcome(client: Any, method: str, given: dict[str, Any]) -> object:
    """What the caller sees, but for the answer's own headers and ids."""
    try:
        answer = getattr(client, method)(**given)
    except ClientError as refused:
        answer, error = refused.response, type(refused).__name__
    else:
        error = None
    if "Body" in answer:
        answer["Body"] = answer["Body"].read()
    # Botocore asks for it of its own accord, and decodes.
    answer.pop("EncodingType", None)
    status = answer.pop("ResponseMetadata")["HTTPStatusCode"]
    # Of one write after another.
    answer.pop("nextSequenceToken", None)
    return error, status, answer


@pytest.mark.parametrize("name", CALLS)
def test_a_direct_call_ends_as_one_over_http(
    clients: ClientFactory, over_http: ClientFactory, role: str, name: str
) -> None:
    service, method, given = CALLS[name]
    direct, sent = (
        outcome(factory.as_role(service, role, "night", STATES), method, given)
        for factory in (clients, over_http)
    )
    assert direct == sent


def test_a_direct_call_is_judged_and_logged_as_its_callers(
    aws: Instance, clients: ClientFactory, client: Callable[[str], Any]
) -> None:
    arn = make_role(client("iam"), "powerless", "states", actions=())
    sagemaker = clients.as_role("sagemaker", arn, "night", STATES)
    with pytest.raises(ClientError, match="AccessDenied"):
        sagemaker.list_model_package_groups()
    (refused,) = aws.calls.matching(principal=arn, operation="ListModelPackageGroups")
    assert refused.error_code == "AccessDeniedException"


def test_a_lost_answer_is_a_closed_connection(
    aws: Instance, clients: ClientFactory, role: str
) -> None:
    fault = {"service": "sagemaker", "operation": "ListActions", "effect": "lose_response"}
    aws.faults.add(*read_faults(json.dumps({"faults": [fault]})))
    with pytest.raises(ConnectionClosedError):
        clients.as_role("sagemaker", role, "night", STATES).list_actions()
    aws.faults.clear()


def test_arguments_that_botocore_refuses_are_refused_by_it(
    clients: ClientFactory, role: str
) -> None:
    with pytest.raises(ParamValidationError):
        clients.as_role("sagemaker", role, "night", STATES).describe_action()


def test_callers_at_the_same_time_sign_as_themselves(clients: ClientFactory, role: str) -> None:
    """KMS is asked over HTTP, through one client for all."""
    names = [f"caller-{number}" for number in range(8)]
    seen: dict[str, str] = {}

    def ask(name: str) -> None:
        kms = clients.as_role("kms", role, name, STATES)
        for _ in range(5):
            kms.list_keys()
        seen[name] = clients.as_role("sts", role, name, STATES).get_caller_identity()["Arn"]

    threads = [threading.Thread(target=ask, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {name: arn.rpartition("/")[2] for name, arn in seen.items()} == {
        name: name for name in names
    }


def test_what_is_written_directly_is_there_for_everybody(
    aws: Instance, clients: ClientFactory, client: Callable[[str], Any], role: str
) -> None:
    now = aws.clock.now()
    logs, metrics = (clients.as_role(it, role, "night", STATES) for it in ("logs", "cloudwatch"))
    event = {"timestamp": int(now.timestamp() * 1000), "message": "night"}
    stream = {"logGroupName": "direct", "logStreamName": "direct"}
    logs.put_log_events(**stream, logEvents=[event])
    datum = {"MetricName": "auc", "Value": 0.95, "Timestamp": now}
    metrics.put_metric_data(Namespace="direct", MetricData=[datum])
    assert client("logs").get_log_events(**stream)["events"][-1]["message"] == "night"
    (found,) = client("cloudwatch").get_metric_statistics(
        Namespace="direct",
        MetricName="auc",
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=7200,
        Statistics=["Maximum"],
    )["Datapoints"]
    assert found["Maximum"] == datum["Value"]
