from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore.retries.standard import ThrottledRetryableChecker

from embedded_aws.faults.effects import (
    BareStatus,
    Effect,
    FunctionEnd,
    KilledCaller,
    Latency,
    LostRequest,
    LostResponse,
    Refusal,
)
from embedded_aws.faults.fault import Fault
from embedded_aws.faults.match import Match
from embedded_aws.faults.occasions import Always, Chance, Every, First, Numbered, Occasion
from embedded_aws.faults.reading import load_faults, read_faults
from embedded_aws.faults.throttling import throttle
from embedded_aws.faults.unreadable import InvalidFaults
from embedded_aws.sagemaker.jobs.fates import Fate

TRAINING = {"service": "sagemaker", "operation": "CreateTrainingJob"}
INVOKE = {"service": "lambda", "operation": "Invoke"}


def read(*faults: dict[str, Any]) -> tuple[Fault, ...]:
    return read_faults(yaml.safe_dump({"faults": list(faults)}))


def refusal(*faults: dict[str, Any]) -> str:
    with pytest.raises(InvalidFaults) as refused:
        read(*faults)
    return str(refused.value)


def test_a_fault_says_all_that_it_is_about() -> None:
    text = """
    faults:
      - name: no capacity
        service: sagemaker
        operation: CreateTrainingJob
        resource: "*-train-*"
        parameters: {ResourceConfig.InstanceType: ml.m5.*}
        caller: "*/machine"
        calls: {first: 2}
        from: 2026-11-08T02:00:00Z
        until: 2026-11-09T02:00:00+00:00
        effect: lose_response
    """
    assert read_faults(text) == (
        Fault(
            name="no capacity",
            match=Match(
                service="sagemaker",
                operation="CreateTrainingJob",
                resource="*-train-*",
                parameters={"ResourceConfig.InstanceType": "ml.m5.*"},
                caller="*/machine",
                since=datetime(2026, 11, 8, 2, tzinfo=UTC),
                until=datetime(2026, 11, 9, 2, tzinfo=UTC),
            ),
            effect=LostResponse(),
            occasion=First(2),
        ),
    )


def test_json_will_do_too() -> None:
    (fault,) = read_faults(
        '{"faults": [{"service": "sqs", "operation": "SendMessage", "effect": "throttle"}]}'
    )
    assert fault.name == "sqs:SendMessage throttle"


@pytest.mark.parametrize(
    ("calls", "occasion"),
    [
        ({"numbers": [1, 3]}, Numbered(frozenset({1, 3}))),
        ({"first": 4}, First(4)),
        ({"every": 5}, Every(5)),
        ({"chance": {"probability": 0.5, "seed": 9}}, Chance(0.5, 9)),
    ],
)
def test_calls_are_counted_in_one_of_four_ways(calls: Any, occasion: Occasion) -> None:
    (fault,) = read({**TRAINING, "calls": calls, "effect": "throttle"})
    assert fault.occasion == occasion


def test_without_calls_a_fault_strikes_all() -> None:
    (fault,) = read({**TRAINING, "effect": "throttle"})
    assert fault.occasion == Always()


@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        ("throttle", Refusal("ThrottlingException", "Rate exceeded", 400)),
        (
            {"error": {"code": "ResourceLimitExceeded", "message": "no more"}},
            Refusal("ResourceLimitExceeded", "no more", 400),
        ),
        (
            {"error": {"code": "InternalFailure"}},
            Refusal("InternalFailure", "A scripted fault: InternalFailure", 500),
        ),
        ({"http_status": {"status": 502}}, BareStatus(502)),
        ("lose_request", LostRequest()),
        ("lose_response", LostResponse()),
        ({"latency": {"seconds": 5}}, Latency(5, 60)),
        ({"latency": {"seconds": 5, "read_timeout_seconds": 3}}, Latency(5, 3)),
        ("kill_caller", KilledCaller(is_served=True)),
        ({"kill_caller": {"when": "before"}}, KilledCaller(is_served=False)),
        (
            {"fail_job": {"reason": "CapacityError: none", "after_seconds": 60}},
            Fate(failure_reason="CapacityError: none", after_seconds=60),
        ),
        ({"delay_job": {"seconds": 900}}, Fate(pending_seconds=900)),
        ("kill_job", Fate(kill=True)),
    ],
)
def test_an_effect_on_a_call_or_a_job_is_read(effect: Any, expected: Effect) -> None:
    (fault,) = read({**TRAINING, "effect": effect})
    assert fault.effect == expected


@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        ("kill_function", FunctionEnd(times_out=False, after_ms=0)),
        ({"kill_function": {"after_ms": 20}}, FunctionEnd(times_out=False, after_ms=20)),
        ("time_out_function", FunctionEnd(times_out=True, after_ms=0)),
    ],
)
def test_an_effect_on_a_function_is_read(effect: Any, expected: Effect) -> None:
    (fault,) = read({**INVOKE, "effect": effect})
    assert fault.effect == expected


@pytest.mark.parametrize(
    ("service", "operation", "code", "status"),
    [
        ("s3", "PutObject", "SlowDown", 503),
        ("lambda", "Invoke", "TooManyRequestsException", 429),
        ("scheduler", "CreateSchedule", "ThrottlingException", 429),
        ("iam", "GetRole", "Throttling", 400),
        ("sqs", "SendMessage", "RequestThrottled", 403),
        ("stepfunctions", "StartExecution", "ThrottlingException", 400),
        ("sns", "Publish", "Throttled", 429),
    ],
)
def test_each_service_throttles_in_its_own_words(
    service: str, operation: str, code: str, status: int
) -> None:
    (fault,) = read({"service": service, "operation": operation, "effect": "throttle"})
    assert isinstance(fault.effect, Refusal)
    assert (fault.effect.code, fault.effect.status) == (code, status)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"colour": "red"}, "faults[0]: Additional properties are not allowed ('colour'"),
        ({"service": "sagemakr"}, "there is no 'sagemakr'; did you mean sagemaker?"),
        ({"operation": "CreateTrainJob"}, "did you mean CreateTrainingJob?"),
        ({"operation": "Train*"}, "faults[0].operation: sagemaker has no 'Train*'"),
        ({"parameters": {"JobName": "*"}}, "CreateTrainingJob has no text parameter JobName"),
        ({"parameters": {"ResourceConfig": "*"}}, "no text parameter ResourceConfig"),
        ({"calls": {"first": 0}}, "faults[0].calls.first: 0 is less than the minimum of 1"),
        ({"calls": {"first": "2"}}, "faults[0].calls.first: '2' is not of type 'integer'"),
        ({"calls": {"first": 1, "every": 2}}, "faults[0].calls: "),
        ({"calls": {"chance": {"probability": 0.5}}}, "'seed' is a required property"),
        ({"from": "2026-11-08T02:00:00"}, "has no UTC offset"),
        ({"until": "tonight"}, "faults[0].until: 'tonight' is not ISO 8601"),
        ({"effect": "explode"}, "faults[0].effect: Additional properties are not allowed"),
        ({"effect": "latency"}, "faults[0].effect.latency: 'seconds' is a required property"),
        ({"effect": {"error": {"code": "NoSuchKey"}}}, "'NoSuchKey' is none of AccessDenied"),
        ({"effect": {"http_status": {"status": 404}}}, "404 is less than the minimum of 500"),
        ({"effect": "kill_function"}, "only lambda:Invoke run what it ends"),
        ({"effect": "garble_object"}, "only s3:GetObject answers with an object"),
        ({"operation": "CreateT*", "effect": "kill_job"}, "CreateProcessingJob and CreateTrain"),
        ({"caller": "*", "effect": "kill_job"}, "nobody's call, so leave out the caller"),
    ],
)
def test_a_word_that_is_not_known_is_refused_with_its_place(
    change: dict[str, Any], told: str
) -> None:
    assert told in refusal({**TRAINING, "effect": "throttle", **change})


def test_every_sdk_takes_a_throttle_for_a_reason_to_try_again() -> None:
    services = ["s3", "lambda", "sns", "sqs", "cloudwatch", "ec2", "sagemaker", "scheduler", "iam"]
    assert {throttle(it).code for it in services} <= set(
        ThrottledRetryableChecker._THROTTLED_ERROR_CODES
    ) | {"Throttled"}


def test_two_faults_of_one_name_are_refused() -> None:
    fault = {**TRAINING, "effect": "throttle"}
    assert "two faults are called 'sagemaker:CreateTrainingJob throttle'" in refusal(fault, fault)


@pytest.mark.parametrize("text", ["", "- 1", "faults: 3", "fault: []", "faults: [3]"])
def test_a_document_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(InvalidFaults, match=r"the document|faults"):
        read_faults(text)


def test_what_is_no_yaml_is_refused() -> None:
    with pytest.raises(InvalidFaults, match="not well-formed YAML"):
        read_faults("faults: [")


def test_a_key_that_stands_twice_is_refused() -> None:
    with pytest.raises(InvalidFaults, match="duplicate keys"):
        read_faults("faults: []\nfaults: []")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidFaults, match=r"missing\.yaml: .*No such file"):
        load_faults(tmp_path / "missing.yaml")
