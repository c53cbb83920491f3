"""For every state that calls, and every way in which a call fails: as often as the policy says."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest

from embedded_aws.faults.reading import read_faults
from embedded_aws.instance import Instance
from embedded_aws.testing import make_role
from tests.statemachine import lone_calls, lone_jobs
from tests.statemachine.lone_calls import CALLS, FUNCTION_STATES, LAGGING, REFUSING, STATES

REGISTRATION = "RegisterIfGoodEnough"
RETRIES = 5
"""Of whatever passes by itself."""


@dataclass(frozen=True)
class Way:
    """A way in which a call fails: by what error, after how many retries, and by which effect."""

    error: str
    effect: Any = None
    retries: int = RETRIES


def refusal(code: str, status: int = 400) -> dict[str, Any]:
    return {"error": {"code": code, "message": "scripted", "status": status}}


FUNCTION_WAYS: Mapping[str, Way] = {
    "throttling": Way("Lambda.TooManyRequestsException", "throttle"),
    "fault": Way("Lambda.ServiceException", refusal("ServiceException", 500)),
    "denied": Way("Lambda.AWSLambdaException", refusal("AccessDeniedException", 403)),
    "silence": Way("Lambda.SdkClientException", "lose_request"),
    "death": Way("Runtime.ExitError", "kill_function"),
    "standstill": Way("Sandbox.Timedout", "time_out_function"),
}
REGISTRY_WAYS: Mapping[str, Way] = {
    "throttling": Way("SageMaker.SageMakerException", "throttle"),
    "fault": Way("SageMaker.SageMakerException", refusal("InternalFailure", 500)),
    "denied": Way("SageMaker.SageMakerException", refusal("AccessDeniedException")),
    "conflict": Way("SageMaker.ConflictException", refusal("ConflictException")),
    "quota": Way("SageMaker.ResourceLimitExceededException", refusal("ResourceLimitExceeded"), 0),
    "silence": Way("SageMaker.SdkClientException", "lose_request"),
    "lost answer": Way("SageMaker.SdkClientException", "lose_response"),
}
OWN_ERRORS: Mapping[str, tuple[str, int, int]] = {
    LAGGING: ("LineageNotReady", 16, 0),
    REFUSING: ("InvalidInput", 0, 0),
}
"""What a function itself raises: how often a state retries it that records lineage, or does not."""


COSTLY = {"death", "standstill"}
"""Each takes a process: how many of them a night survives is seen of one state."""
TRIED = "PrepareNight"


@dataclass(frozen=True)
class Cell:
    """A state, what befalls its call, and whether it does so once more than is tried again."""

    state: str
    way: str
    passes: bool

    @property
    def expected(self) -> Way:
        return (REGISTRY_WAYS if self.state == REGISTRATION else FUNCTION_WAYS)[self.way]

    @property
    def failures(self) -> int:
        """How often the call fails; of what is costly, once stands for as often as it may."""
        if not self.passes:
            return self.expected.retries + 1
        is_spared = self.way in COSTLY and self.state != TRIED
        return 1 if is_spared else self.expected.retries

    @property
    def name(self) -> str:
        return f"{self.state}-{self.way}{'-passes' if self.passes else ''}"

    @property
    def fault(self) -> dict[str, Any]:
        service, operation, glob = (
            ("sagemaker", "CreateModelPackage", "*")
            if self.state == REGISTRATION
            else ("lambda", "Invoke", f"*{self.state}*")
        )
        return {
            "name": self.name,
            "service": service,
            "operation": operation,
            "resource": glob,
            "effect": self.expected.effect,
            "calls": {"first": self.failures},
        }


CELLS = [
    *(Cell(*each, passes=True) for each in product(FUNCTION_STATES, FUNCTION_WAYS)),
    *(
        Cell(*each, passes=False)
        for each in product(FUNCTION_STATES, sorted(FUNCTION_WAYS.keys() - COSTLY))
    ),
    *(Cell(TRIED, way, passes=False) for way in sorted(COSTLY)),
    *(Cell(REGISTRATION, way, passes=False) for way in REGISTRY_WAYS),
    *(Cell(REGISTRATION, way, True) for way, it in REGISTRY_WAYS.items() if it.retries),
]


@dataclass(frozen=True)
class Run:
    """How a cell's execution ended, and how often its call was made."""

    status: str
    error: str
    tries: int


class Matrix:
    """Runs the calls of some states side by side, each by a function of the state's own name."""

    def __init__(self, aws: Instance, client: Callable[[str], Any]) -> None:
        self.aws, self.stepfunctions = aws, client("stepfunctions")
        lone_calls.furnish(client)
        role_arn = make_role(client("iam"), "night", "states")
        self.machine_arn = self.stepfunctions.create_state_machine(
            name="night", definition=json.dumps(lone_calls.definition()), roleArn=role_arn
        )["stateMachineArn"]

    def run(self, cells: list[Cell]) -> dict[Cell, Run]:
        """Run cells of states that differ."""
        faults = {"faults": [cell.fault for cell in cells]}
        self.aws.faults.add(*read_faults(json.dumps(faults)))
        ran = self.calls({cell.state: cell.state for cell in cells})
        self.aws.faults.clear()
        return {cell: ran[cell.state] for cell in cells}

    def calls(self, functions: Mapping[str, str]) -> dict[str, Run]:
        """Let states call functions."""
        started = {
            state: self.stepfunctions.start_execution(
                stateMachineArn=self.machine_arn,
                input=json.dumps({"State": state, "Function": function}),
            )["executionArn"]
            for state, function in functions.items()
        }
        self.aws.clock.advance_to(self.aws.clock.now())
        return {state: self._run(arn) for state, arn in started.items()}

    def _run(self, arn: str) -> Run:
        described = self.stepfunctions.describe_execution(executionArn=arn)
        history = self.stepfunctions.get_execution_history(executionArn=arn)["events"]
        tries = sum(event["type"] == "TaskScheduled" for event in history)
        return Run(described["status"], described.get("error", ""), tries)


@pytest.fixture(scope="module")
def matrix(aws: Instance, client: Callable[[str], Any]) -> Matrix:
    return Matrix(aws, client)


@pytest.fixture(scope="module")
def runs(matrix: Matrix) -> dict[Cell, Run]:
    """Every cell's run; those of one way at a time, as a fault is about a function.

    Whoever stands still lets the time pass for all: a night in which others start stands alone.
    """
    rounds: dict[tuple[str, bool, str], list[Cell]] = {}
    for cell in CELLS:
        alone = cell.state if cell.way == "standstill" else ""
        rounds.setdefault((cell.way, cell.passes, alone), []).append(cell)
    return {cell: run for some in rounds.values() for cell, run in matrix.run(some).items()}


@pytest.mark.parametrize("cell", [it for it in CELLS if not it.passes], ids=lambda it: it.name)
def test_what_does_not_pass_fails_the_state_by_name_when_its_tries_are_over(
    runs: dict[Cell, Run], cell: Cell
) -> None:
    """Uncaught, so that a redrive resumes the state itself."""
    assert runs[cell] == Run("FAILED", cell.expected.error, cell.failures)


@pytest.mark.parametrize("cell", [it for it in CELLS if it.passes], ids=lambda it: it.name)
def test_what_passes_in_time_fails_no_state(runs: dict[Cell, Run], cell: Cell) -> None:
    assert runs[cell] == Run("SUCCEEDED", "", cell.failures + 1)


@pytest.mark.parametrize("function", OWN_ERRORS)
def test_what_a_function_refuses_is_final_and_only_lineage_is_waited_for(
    matrix: Matrix, function: str
) -> None:
    error, recording, other = OWN_ERRORS[function]
    for state, run in matrix.calls(dict.fromkeys(FUNCTION_STATES, function)).items():
        retries = recording if state.startswith("Record") else other
        assert run == Run("FAILED", error, 1 + retries), state


def test_an_answer_that_is_lost_six_times_has_registered_once(
    runs: dict[Cell, Run], client: Callable[[str], Any]
) -> None:
    """Each of the executions has a token of its own: those whose requests arrived, once each."""
    assert len(runs) == len(CELLS)
    listed = client("sagemaker").list_model_packages(
        ModelPackageGroupName=lone_calls.GROUP, MaxResults=100
    )
    arrived = [
        it for it in CELLS if it.state == REGISTRATION and (it.passes or it.way == "lost answer")
    ]
    assert len(listed["ModelPackageSummaryList"]) == len(arrived)


def test_every_task_of_the_machine_has_its_cells() -> None:
    """A state that is new to the machine has to be given some, or this fails."""
    tasks = {name for name, state in STATES.items() if state["Type"] == "Task"}
    assert tasks == {cell.state for cell in CELLS} | set(lone_jobs.JOBS)
    assert {state["Type"] for state in STATES.values()} <= {
        "Task",
        "Choice",
        "Pass",
        "Wait",
        "Succeed",
    }
    assert set(CALLS) == set(FUNCTION_STATES) | {REGISTRATION}
