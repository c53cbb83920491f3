"""Faults between callers and services: what a client sees, and what is done all the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

from embedded_aws.faults.plan import DuplicateFault, FaultPlan
from embedded_aws.instance import Instance
from embedded_aws.stepfunctions.documents import Json
from embedded_aws.testing import make_role

Make = Callable[..., Any]


def refusal(call: Callable[[], object]) -> tuple[str, int]:
    with pytest.raises(ClientError) as refused:
        call()
    answer = refused.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


def groups(client: Make) -> list[str]:
    listed = client("sagemaker").list_model_package_groups()["ModelPackageGroupSummaryList"]
    return [group["ModelPackageGroupName"] for group in listed]


@pytest.mark.parametrize(
    ("service", "operation", "call", "expected"),
    [
        ("sagemaker", "ListTrainingJobs", "list_training_jobs", ("ThrottlingException", 400)),
        ("lambda", "ListFunctions", "list_functions", ("TooManyRequestsException", 429)),
        ("cloudformation", "ListStacks", "list_stacks", ("Throttling", 400)),
        ("scheduler", "ListSchedules", "list_schedules", ("ThrottlingException", 429)),
        ("s3", "ListBuckets", "list_buckets", ("SlowDown", 503)),
        ("iam", "ListRoles", "list_roles", ("Throttling", 400)),
        ("sns", "ListTopics", "list_topics", ("Throttled", 429)),
        ("sqs", "ListQueues", "list_queues", ("RequestThrottled", 403)),
        ("events", "ListRules", "list_rules", ("ThrottlingException", 400)),
        ("cloudwatch", "ListMetrics", "list_metrics", ("Throttling", 400)),
    ],
)
def test_clients_of_every_protocol_see_a_throttle(
    script: Make, client: Make, service: str, operation: str, call: str, expected: tuple[str, int]
) -> None:
    script(service, operation, "throttle")
    assert refusal(getattr(client(service), call)) == expected


def test_a_client_that_tries_again_survives_a_throttle(
    aws: Instance, script: Make, struck: Make
) -> None:
    script("sagemaker", "ListTrainingJobs", "throttle", calls={"first": 2})
    patient = boto3.client(
        "sagemaker", endpoint_url=aws.url, region_name="us-east-1",
        aws_access_key_id="AKIDUSER", aws_secret_access_key="unused",
        config=Config(retries={"total_max_attempts": 3, "mode": "adaptive"}),
    )  # fmt: skip
    assert "TrainingJobSummaries" in patient.list_training_jobs()
    assert [firing.number for firing in struck()] == [1, 2]


def test_a_named_error_comes_with_its_message_and_status(script: Make, client: Make) -> None:
    error = {"code": "ResourceLimitExceeded", "message": "limit is 0 Instances"}
    script("sagemaker", "CreateModelPackageGroup", {"error": error})
    with pytest.raises(ClientError, match="limit is 0 Instances") as refused:
        client("sagemaker").create_model_package_group(ModelPackageGroupName="limited")
    assert refused.value.response["Error"]["Code"] == "ResourceLimitExceeded"
    assert "limited" not in groups(client)


def test_a_bare_status_has_no_document_for_the_client_to_read(script: Make, client: Make) -> None:
    script("sagemaker", "ListTrainingJobs", {"http_status": {"status": 502}})
    assert refusal(client("sagemaker").list_training_jobs) == ("502", 502)


def test_of_a_lost_request_nothing_is_done(script: Make, client: Make, struck: Make) -> None:
    script("sagemaker", "CreateModelPackageGroup", "lose_request")
    with pytest.raises(ConnectionClosedError):
        client("sagemaker").create_model_package_group(ModelPackageGroupName="never-made")
    assert "never-made" not in groups(client)
    assert len(struck()) == 1


def test_of_a_lost_response_everything_is_done(script: Make, client: Make) -> None:
    script("sagemaker", "CreateModelPackageGroup", "lose_response")
    with pytest.raises(ConnectionClosedError):
        client("sagemaker").create_model_package_group(ModelPackageGroupName="made-in-silence")
    assert "made-in-silence" in groups(client)


def test_a_garbled_object_has_its_length_and_no_checksum_to_tell_it_by(
    script: Make, client: Make
) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="garbled")
    for key in ("good", "bad"):
        s3.put_object(Bucket="garbled", Key=key, Body=b"PAR1", ChecksumAlgorithm="SHA256")
    script("s3", "GetObject", "garble_object", resource="bad")
    read = {key: s3.get_object(Bucket="garbled", Key=key)["Body"].read() for key in ("good", "bad")}
    assert read == {"good": b"PAR1", "bad": bytes(4)}


def test_a_refusal_can_be_lost_as_any_answer(script: Make, client: Make, struck: Make) -> None:
    script("sagemaker", "DescribeTrainingJob", "lose_response")
    with pytest.raises(ConnectionClosedError):
        client("sagemaker").describe_training_job(TrainingJobName="never-made")
    assert len(struck()) == 1


def test_a_refusal_is_late_as_any_answer(aws: Instance, script: Make, client: Make) -> None:
    script("sagemaker", "DescribeTrainingJob", {"latency": {"seconds": 45}})
    before = aws.clock.now()
    with pytest.raises(ClientError, match="ValidationException"):
        client("sagemaker").describe_training_job(TrainingJobName="never-made")
    assert aws.clock.now() - before >= timedelta(seconds=45)


def test_a_client_that_gave_up_meanwhile_hears_of_no_refusal(script: Make, client: Make) -> None:
    script("sagemaker", "DescribeTrainingJob", {"latency": {"seconds": 3600}})
    with pytest.raises(ConnectionClosedError):
        client("sagemaker").describe_training_job(TrainingJobName="never-made")


def test_latency_passes_in_virtual_time(aws: Instance, script: Make, client: Make) -> None:
    script("sagemaker", "ListTrainingJobs", {"latency": {"seconds": 45}})
    before = aws.clock.now()
    client("sagemaker").list_training_jobs()
    assert aws.clock.now() - before >= timedelta(seconds=45)


def test_a_client_that_gave_up_meanwhile_gets_no_answer_though_the_work_is_done(
    aws: Instance, script: Make, client: Make
) -> None:
    script("sagemaker", "CreateModelPackageGroup", {"latency": {"seconds": 3600}})
    before = aws.clock.now()
    with pytest.raises(ConnectionClosedError):
        client("sagemaker").create_model_package_group(ModelPackageGroupName="made-late")
    assert timedelta(seconds=60) <= aws.clock.now() - before < timedelta(seconds=3600)
    assert "made-late" in groups(client)


def test_each_firing_tells_what_when_and_whom(
    aws: Instance, script: Make, client: Make, struck: Make
) -> None:
    script("sagemaker", "Describe*", "throttle", name="no looking", resource="night-*")
    calls = client("sagemaker")
    refusal(lambda: calls.describe_training_job(TrainingJobName="day-1"))
    with pytest.raises(ClientError) as refused:
        calls.describe_training_job(TrainingJobName="night-1")
    (firing,) = struck()
    assert (firing.fault, firing.service, firing.operation, firing.number, firing.resource) == (
        "no looking", "sagemaker", "DescribeTrainingJob", 1, "night-1",
    )  # fmt: skip
    assert firing.caller == "AKIDUSER"
    assert firing.request_id == refused.value.response["ResponseMetadata"]["RequestId"]
    assert abs(aws.clock.now() - firing.at) < timedelta(minutes=1)


def test_a_fault_that_never_struck_is_told(faults: FaultPlan, script: Make, client: Make) -> None:
    script("sagemaker", "ListTrainingJobs", "throttle", name="strikes")
    script("sagemaker", "ListTrainingJobs", "throttle", name="waits", calls={"numbers": [2]})
    refusal(client("sagemaker").list_training_jobs)
    assert [fault.name for fault in faults.unused] == ["waits"]


def test_one_that_is_added_again_under_its_name_has_yet_to_strike(
    faults: FaultPlan, script: Make, client: Make
) -> None:
    script("sagemaker", "ListTrainingJobs", "throttle", name="twice")
    refusal(client("sagemaker").list_training_jobs)
    faults.clear()
    script("sagemaker", "ListTrainingJobs", "throttle", name="twice")
    assert [fault.name for fault in faults.unused] == ["twice"]


def test_a_call_that_one_fault_refuses_never_reaches_the_next(
    script: Make, client: Make, struck: Make
) -> None:
    """So the second one's first call is the client's second."""
    first = {"calls": {"numbers": [1]}, "name": "first"}
    script("sagemaker", "ListTrainingJobs", "throttle", **first)
    second = {"calls": {"numbers": [1]}, "name": "second"}
    script("sagemaker", "ListTrainingJobs", {"http_status": {"status": 500}}, **second)
    for _ in range(2):
        refusal(client("sagemaker").list_training_jobs)
    client("sagemaker").list_training_jobs()
    assert [(firing.fault, firing.number) for firing in struck()] == [("first", 1), ("second", 1)]


def test_a_slow_answer_may_still_be_a_refusal(script: Make, client: Make, struck: Make) -> None:
    script("sagemaker", "ListTrainingJobs", {"latency": {"seconds": 30}}, name="slow")
    script("sagemaker", "ListTrainingJobs", "throttle", name="refused")
    assert refusal(client("sagemaker").list_training_jobs)[0] == "ThrottlingException"
    assert [firing.fault for firing in struck()] == ["slow", "refused"]


def test_faults_come_and_go_while_the_instance_serves(
    faults: FaultPlan, script: Make, client: Make
) -> None:
    script("sagemaker", "ListTrainingJobs", "throttle", name="comes and goes")
    refusal(client("sagemaker").list_training_jobs)
    assert faults.clear("comes and goes")
    client("sagemaker").list_training_jobs()
    assert not faults.clear("comes and goes")


def test_a_second_fault_of_one_name_is_refused(faults: FaultPlan, script: Make) -> None:
    script("sagemaker", "ListTrainingJobs", "throttle", name="once")
    with pytest.raises(DuplicateFault, match="'once'"):
        script("sagemaker", "ListProcessingJobs", "throttle", name="once")
    assert len(faults.faults) == 1


def test_a_fault_has_its_hours(aws: Instance, script: Make, client: Make, struck: Make) -> None:
    begins = aws.clock.now() + timedelta(hours=1)
    hours = {"from": begins.isoformat(), "until": (begins + timedelta(hours=1)).isoformat()}
    script("sagemaker", "ListTrainingJobs", "throttle", **hours)
    for _ in range(3):
        try:
            client("sagemaker").list_training_jobs()
        except ClientError:
            assert begins <= aws.clock.now() < begins + timedelta(hours=2)
        aws.clock.advance_to(aws.clock.now() + timedelta(minutes=61))
    assert len(struck()) == 1


@pytest.fixture(scope="module")
def machine_role(client: Make) -> str:
    return make_role(client("iam"), "machine", "states")


@pytest.fixture
def run(aws: Instance, client: Make, machine_role: str) -> Callable[[str, Json], dict[str, Any]]:
    """Run a machine of one state to its end."""

    def run(name: str, state: Json) -> dict[str, Any]:
        stepfunctions = client("stepfunctions")
        definition = {"StartAt": "Only", "States": {"Only": {"Type": "Task", "End": True, **state}}}
        machine = stepfunctions.create_state_machine(
            name=name, definition=json.dumps(definition), roleArn=machine_role
        )
        started = stepfunctions.start_execution(stateMachineArn=machine["stateMachineArn"])
        aws.clock.advance_to(aws.clock.now())
        return dict(stepfunctions.describe_execution(executionArn=started["executionArn"]))

    return run


def registering(group: str, **state: Json) -> Json:
    resource = "arn:aws:states:::aws-sdk:sagemaker:createModelPackageGroup"
    return {"Resource": resource, "Parameters": {"ModelPackageGroupName": group}, **state}


def test_what_step_functions_calls_for_a_machine_is_struck_under_the_machines_role(
    run: Make, script: Make, struck: Make, machine_role: str
) -> None:
    script("sagemaker", "CreateModelPackageGroup", "throttle", caller="*:role/machine")
    ended = run("throttled", registering("by-machine"))
    assert (ended["status"], ended["error"]) == ("FAILED", "SageMaker.SageMakerException")
    assert [firing.caller for firing in struck()] == [machine_role]


def test_an_execution_sees_a_lost_answer_as_the_sdk_for_java_does(
    run: Make, script: Make, client: Make
) -> None:
    script("sagemaker", "CreateModelPackageGroup", "lose_response")
    ended = run("deafened", registering("heard-nothing"))
    assert ended["error"] == "SageMaker.SdkClientException"
    assert "heard-nothing" in groups(client)


def test_latency_beyond_a_states_timeout_times_it_out(
    aws: Instance, run: Make, script: Make, client: Make
) -> None:
    """And the call goes through all the same, late."""
    script("sagemaker", "CreateModelPackageGroup", {"latency": {"seconds": 50}})
    before = aws.clock.now()
    ended = run("slow", registering("in-the-end", TimeoutSeconds=20))
    assert ended["error"] == "States.Timeout"
    assert timedelta(seconds=20) <= ended["stopDate"] - before < timedelta(seconds=50)
    assert "in-the-end" in groups(client)


def test_what_aws_does_for_itself_is_left_alone(run: Make, script: Make, struck: Make) -> None:
    """The status event of the execution is EventBridge's to take from Step Functions itself."""
    script("events", "PutEvents", "throttle", name="everybody's")
    run("eventful", registering("for-an-event"))
    assert struck() == []


def test_unless_the_fault_asks_for_it(run: Make, script: Make, struck: Make) -> None:
    script("events", "PutEvents", "throttle", caller="aws")
    run("silenced", registering("without-an-event"))
    assert {firing.caller for firing in struck()} == {"aws"}
