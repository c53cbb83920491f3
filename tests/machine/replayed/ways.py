"""The ways in which the calls of a night fail: how each shows, and how often it is tried again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from docs.generate import DEFINITION
from embedded_aws.sagemaker.jobs.failures import CAPACITY_ERROR, INTERNAL_SERVER_ERROR

Effect = str | Mapping[str, Any]

MACHINE: Mapping[str, Any] = yaml.load(DEFINITION.read_text(), yaml.CSafeLoader)
STATES: Mapping[str, Any] = MACHINE["States"]
MACHINE_SECONDS: int = MACHINE["TimeoutSeconds"]
POLICY: Mapping[str, Mapping[str, Any]] = {
    entry["Class"]: entry for entry in STATES["PrepareNight"]["Assign"]["failurePolicy"]
}
CALLS, ENDS = "calls", "ends"
STAND_IN = "throttling"
"""What a retrier counts like the costly ways of a function, and costs nothing."""
CALL_RETRIES = 5
"""Of whatever may befall a call of a function or of the registry and passes by itself."""


@dataclass(frozen=True)
class Way:
    """A way to fail.

    Attributes:
        error: The name under which the night ends when nothing is left to try.
        effects: The faults that bring it about, each about the same call.
        retries: How many failures of it a state survives.
        is_costly: Whether each takes a process: what else the retrier counts stands in for more.
        budget: What the ways of one name share: one retrier's tries. Alone if it has none.
    """

    error: str
    effects: Sequence[Effect]
    retries: int = CALL_RETRIES
    is_costly: bool = False
    budget: str = ""


def _refusal(code: str, status: int = 400) -> Effect:
    return {"error": {"code": code, "message": "scripted", "status": status}}


def _job(name: str, *effects: Effect, budget: str = "") -> Way:
    entry = POLICY[name]
    retries = 0 if entry["RetriedBy"] == "Nobody" else entry["MaxAttempts"]
    return Way(name, effects, retries, budget=budget)


def _call(error: str, *effects: Effect) -> Way:
    return Way(error, effects, budget=CALLS)


def _failed(reason: str) -> Effect:
    return {"fail_job": {"reason": reason}}


JOB_WAYS: Mapping[str, Way] = {
    "code": _job("AlgorithmError", _failed("AlgorithmError: , exit code: 1")),
    "permission": _job("ClientError", _failed("ClientError: access denied")),
    "other": _job("UnknownFailure", _failed("The moon is in the wrong quarter")),
    "killed": _job("AlgorithmError", "kill_job"),
    "pending": _job("JobOverran", {"delay_job": {"seconds": 100_000}}),
    "capacity": _job("SageMaker.CAPACITY_ERROR", _failed(CAPACITY_ERROR)),
    "instance": _job("SageMaker.JOB_INTERNAL_ERROR", _failed(INTERNAL_SERVER_ERROR)),
    "quota": _job("SageMaker.RESOURCE_LIMIT", _refusal("ResourceLimitExceeded")),
    "name": _job("JobNameTaken", _refusal("ResourceInUse")),
    "throttling": _job("Step.THROTTLING", "throttle", budget=CALLS),
    "denied": _job("RequestRefused", _refusal("AccessDeniedException"), budget=CALLS),
    "fault": _job("Step.SERVICE_FAULT", _refusal("InternalFailure", 500), budget=CALLS),
    "silence": _job("Step.SERVICE_FAULT", "lose_request", budget=CALLS),
    # Each leaves a job of which nobody knows, and which waits for an hour.
    "lost answer": _job("Step.SERVICE_FAULT", "lose_response", {"delay_job": {"seconds": 3600}}),
}
# That a function dies later, and at which of its calls, is the matter of test_kills.py.
FUNCTION_WAYS: Mapping[str, Way] = {
    "death": Way("Runtime.ExitError", ("kill_function",), is_costly=True, budget=ENDS),
    "standstill": Way("Sandbox.Timedout", ("time_out_function",), is_costly=True, budget=ENDS),
    "throttling": _call("Lambda.TooManyRequestsException", "throttle"),
    "fault": _call("Lambda.ServiceException", _refusal("ServiceException", 500)),
    "denied": _call("Lambda.AWSLambdaException", _refusal("AccessDeniedException", 403)),
    "silence": _call("Lambda.SdkClientException", "lose_request"),
    "lost answer": _call("Lambda.SdkClientException", "lose_response"),
}
REGISTRY_WAYS: Mapping[str, Way] = {
    "quota": Way(
        "SageMaker.ResourceLimitExceededException", (_refusal("ResourceLimitExceeded"),), 0
    ),
    "throttling": _call("SageMaker.SageMakerException", "throttle"),
    "fault": _call("SageMaker.SageMakerException", _refusal("InternalFailure", 500)),
    "denied": _call("SageMaker.SageMakerException", _refusal("AccessDeniedException")),
    "conflict": Way("SageMaker.ConflictException", (_refusal("ConflictException"),)),
    "silence": _call("SageMaker.SdkClientException", "lose_request"),
    "lost answer": _call("SageMaker.SdkClientException", "lose_response"),
}


def ways_of(state: str) -> Mapping[str, Way]:
    """How the call of a state may fail."""
    resource = STATES[state]["Resource"]
    if resource.endswith(".sync"):
        return JOB_WAYS
    return FUNCTION_WAYS if resource.endswith("lambda:invoke") else REGISTRY_WAYS


def budgets(ways: Mapping[str, Way]) -> Sequence[Sequence[str]]:
    """The names of what passes by itself, those together that have one budget of tries."""
    found: dict[str, list[str]] = {}
    for name, way in ways.items():
        if way.retries:
            found.setdefault(way.budget or name, []).append(name)
    return list(found.values())
