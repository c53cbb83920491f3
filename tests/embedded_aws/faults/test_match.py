from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from embedded_aws.faults.match import AWS_ITSELF, Match
from embedded_aws.gateway.call import Call
from embedded_aws.gateway.service import RequestContext

NOW = datetime(2026, 11, 8, 2, tzinfo=UTC)
ROLE = "arn:aws:iam::123456789012:role/night-machine"
CALL = Call(
    RequestContext("123456789012", "us-east-1", "AKID", "request"),
    "sagemaker",
    "CreateTrainingJob",
    {
        "TrainingJobName": "night-train-20261107",
        "ResourceConfig": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1},
        "HyperParameters": {"eta": "0.1"},
    },
)
ANY_CALL = Match("sagemaker")


def fits(given: dict[str, Any], caller: str = ROLE) -> bool:
    return replace(ANY_CALL, **given).fits(CALL, caller, NOW)


@pytest.mark.parametrize(
    "given",
    [
        {"operation": "CreateTrainingJob"},
        {"operation": "Create*"},
        {"resource": "*-train-*"},
        {"parameters": {"TrainingJobName": "night-*"}},
        {"parameters": {"ResourceConfig.InstanceType": "ml.m5.*"}},
        {"caller": "*/night-machine"},
        {"since": NOW},
        {"until": NOW + timedelta(seconds=1)},
    ],
)
def test_a_match_names_the_call_by(given: dict[str, Any]) -> None:
    assert fits(given)


@pytest.mark.parametrize(
    "given",
    [
        {"service": "lambda"},
        {"operation": "CreateProcessingJob"},
        {"operation": "createtrainingjob"},
        {"resource": "ml.m5.xlarge"},
        {"parameters": {"ResourceConfig.InstanceType": "ml.c5.*"}},
        {"parameters": {"ResourceConfig.InstanceCount": "1"}},
        {"parameters": {"TrainingJobName": "night-*", "RoleArn": "*"}},
        {"caller": "*/other"},
        {"since": NOW + timedelta(seconds=1)},
        {"until": NOW},
    ],
)
def test_a_call_that_differs_in_one_of_these_is_another(given: dict[str, Any]) -> None:
    assert not fits(given)


def test_what_aws_does_for_itself_is_matched_only_by_name() -> None:
    """A fault on PutLogEvents must not silence the logs that tell of it, unless it is asked to."""
    assert not fits({}, AWS_ITSELF)
    assert not fits({"caller": "*"}, AWS_ITSELF)
    assert fits({"caller": AWS_ITSELF}, AWS_ITSELF)
    assert not fits({"caller": AWS_ITSELF}, ROLE)
