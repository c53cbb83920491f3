"""For every job state and every way to fail: the night ends where the failure policy says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest

from embedded_aws.faults.reading import read_faults
from embedded_aws.instance import Instance
from embedded_aws.sagemaker.jobs import images
from embedded_aws.sagemaker.jobs.durations import JobDuration, JobDurations
from embedded_aws.sagemaker.jobs.failures import CAPACITY_ERROR, INTERNAL_SERVER_ERROR
from embedded_aws.settings import Settings
from tests.statemachine.lone_jobs import IDLE, JOBS, LADDER, POLICY, a_night, definition, deliver

TRUST = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"Service": ["states.amazonaws.com", "sagemaker.amazonaws.com"]},
        "Action": "sts:AssumeRole",
    },
}
ALLOW = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
LEGAL_NAME = re.compile(r"[a-z0-9](-*[a-z0-9]){0,62}")
AT_ONCE = 12
"""More cells side by side keep each other busy with waking up."""
OVERRUNNING = "0000dead"
"""The end of the run ids whose jobs last longer than they may."""


def refusal(code: str, status: int = 400) -> dict[str, Any]:
    return {"error": {"code": code, "message": "scripted", "status": status}}


def job_failure(reason: str) -> dict[str, Any]:
    return {"fail_job": {"reason": reason}}


WAYS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "code": ("AlgorithmError", job_failure("AlgorithmError: , exit code: 1")),
    "permission": ("ClientError", job_failure("ClientError: access denied")),
    "capacity": ("SageMaker.CAPACITY_ERROR", job_failure(CAPACITY_ERROR)),
    "instance": ("SageMaker.JOB_INTERNAL_ERROR", job_failure(INTERNAL_SERVER_ERROR)),
    "other": ("UnknownFailure", job_failure("The moon is in the wrong quarter")),
    "pending": ("JobOverran", {"delay_job": {"seconds": 100_000}}),
    "quota": ("SageMaker.RESOURCE_LIMIT", refusal("ResourceLimitExceeded")),
    "name": ("JobNameTaken", refusal("ResourceInUse")),
    "throttling": ("Step.THROTTLING", {"throttle": {}}),
    "denied": ("RequestRefused", refusal("AccessDeniedException")),
    "fault": ("Step.SERVICE_FAULT", refusal("InternalFailure", 500)),
    "silence": ("Step.SERVICE_FAULT", {"lose_request": {}}),
}
"""How a job can fail: the class of that, and how to bring it about."""
TRANSIENT = [way for way, (name, _) in WAYS.items() if POLICY[name]["RetriedBy"] != "Nobody"]


@dataclass(frozen=True)
class Cell:
    """One state of the night, and what befalls it."""

    state: str
    way: str
    passes: bool

    @property
    def failure_class(self) -> dict[str, Any]:
        return POLICY[WAYS[self.way][0]]

    @property
    def name(self) -> str:
        return f"{self.state}-{self.way}{'-passes' if self.passes else ''}"


CELLS = [
    *(Cell(state, way, passes=False) for state, way in product(JOBS, WAYS)),
    *(Cell(state, way, passes=True) for state, way in product(JOBS, TRANSIENT)),
]


@dataclass(frozen=True)
class Run:
    """How the execution of a cell ended, and the jobs that it left."""

    execution: dict[str, Any]
    history: list[dict[str, Any]]
    jobs: dict[str, dict[str, Any]]

    @property
    def tries(self) -> int:
        return sum(event["type"] == "TaskScheduled" for event in self.history)


class Matrix:
    """Runs cells side by side on one machine, whose waits pass in virtual time."""

    def __init__(self, aws: Instance, client: Callable[[str], Any]) -> None:
        self.aws, self.sagemaker = aws, client("sagemaker")
        self.stepfunctions = client("stepfunctions")
        iam = client("iam")
        role = iam.create_role(RoleName="night", AssumeRolePolicyDocument=json.dumps(TRUST))
        iam.put_role_policy(RoleName="night", PolicyName="all", PolicyDocument=json.dumps(ALLOW))
        deliver(client)
        self.role_arn = role["Role"]["Arn"]
        self.machine_arn = self.stepfunctions.create_state_machine(
            name="night", definition=json.dumps(definition(self.role_arn)), roleArn=self.role_arn
        )["stateMachineArn"]

    def run(self, steps: Mapping[str, str]) -> dict[str, Run]:
        """Run the jobs of some nights, by run id, until nothing happens any more."""
        started = {
            run_id: self.stepfunctions.start_execution(
                stateMachineArn=self.machine_arn, input=json.dumps(a_night(run_id, step))
            )["executionArn"]
            for run_id, step in steps.items()
        }
        self.aws.clock.advance_to(self.aws.clock.now())
        return {
            run_id: Run(
                self.stepfunctions.describe_execution(executionArn=arn),
                self._history(arn),
                self._jobs("training" if steps[run_id] == "TrainXGB" else "processing", run_id),
            )
            for run_id, arn in started.items()
        }

    def _history(self, arn: str) -> list[dict[str, Any]]:
        pages = self.stepfunctions.get_paginator("get_execution_history").paginate(executionArn=arn)
        return [event for page in pages for event in page["events"]]

    def _jobs(self, kind: str, run_id: str) -> dict[str, dict[str, Any]]:
        member = f"{kind.capitalize()}JobName"
        pages = self.sagemaker.get_paginator(f"list_{kind}_jobs").paginate(
            NameContains=f"-{run_id}-"
        )
        names = [job[member] for page in pages for job in page[f"{kind.capitalize()}JobSummaries"]]
        describe = getattr(self.sagemaker, f"describe_{kind}_job")
        return {name: describe(**{member: name}) for name in names}


def fault(run_id: str, cell: Cell) -> dict[str, Any]:
    kind = "Training" if cell.state == "TrainXGB" else "Processing"
    return {
        "name": cell.name,
        "service": "sagemaker",
        "operation": f"Create{kind}Job",
        "parameters": {f"{kind}JobName": f"*-{run_id}-*"},
        "effect": WAYS[cell.way][1],
        **({"calls": {"first": cell.failure_class["MaxAttempts"]}} if cell.passes else {}),
    }


@pytest.fixture(scope="module")
def aws_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """An instance that has the idle image, and on which some jobs last long."""
    overrunning = JobDuration(seconds=6000, name=f"*-{OVERRUNNING}-*")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(images, "_IMAGES", {"idle": IDLE})
        yield Settings(
            tmp_path_factory.mktemp("matrix"), job_durations=JobDurations((overrunning,))
        )


@pytest.fixture(scope="module")
def matrix(aws: Instance, client: Callable[[str], Any]) -> Matrix:
    return Matrix(aws, client)


@pytest.fixture(scope="module")
def runs(matrix: Matrix) -> Iterator[dict[Cell, Run]]:
    """Every cell's run."""
    run_ids = {f"20261121-{number:08x}": cell for number, cell in enumerate(CELLS)}
    faults = [fault(run_id, cell) for run_id, cell in run_ids.items()]
    matrix.aws.faults.add(*read_faults(json.dumps({"faults": faults})))
    found: dict[str, Run] = {}
    for first in range(0, len(CELLS), AT_ONCE):
        some = list(run_ids.items())[first : first + AT_ONCE]
        found |= matrix.run({run_id: cell.state for run_id, cell in some})
    yield {cell: found[run_id] for run_id, cell in run_ids.items()}
    matrix.aws.faults.clear()


@pytest.mark.parametrize("cell", [it for it in CELLS if not it.passes], ids=lambda it: it.name)
def test_what_does_not_pass_ends_the_night_by_name_when_its_tries_are_over(
    runs: dict[Cell, Run], cell: Cell
) -> None:
    execution = runs[cell].execution
    assert (execution["status"], execution["error"]) == ("FAILED", cell.failure_class["Class"])
    assert runs[cell].tries == 1 + cell.failure_class.get("MaxAttempts", 0)


@pytest.mark.parametrize("cell", [it for it in CELLS if it.passes], ids=lambda it: it.name)
def test_what_passes_in_time_costs_no_night(runs: dict[Cell, Run], cell: Cell) -> None:
    execution = runs[cell].execution
    assert execution["status"] == "SUCCEEDED", execution.get("cause")
    assert runs[cell].tries == 1 + cell.failure_class["MaxAttempts"]


@pytest.mark.parametrize("cell", CELLS, ids=lambda it: it.name)
def test_no_job_runs_on_and_every_name_is_legal(runs: dict[Cell, Run], cell: Cell) -> None:
    jobs = runs[cell].jobs
    statuses = {job.get("ProcessingJobStatus") or job["TrainingJobStatus"] for job in jobs.values()}
    assert statuses <= {"Completed", "Failed", "Stopped"}
    assert [name for name in jobs if not LEGAL_NAME.fullmatch(name)] == []


def instance_types(run: Run) -> list[str]:
    """Of a run's jobs, in the order of their attempts."""
    found = []
    for _, job in sorted(run.jobs.items()):
        cluster = job.get("ProcessingResources", {}).get("ClusterConfig") or job["ResourceConfig"]
        found.append(cluster["InstanceType"])
    return found


@pytest.mark.parametrize("state", JOBS)
def test_only_lost_capacity_walks_the_ladder_and_stays_on_its_last_rung(
    runs: dict[Cell, Run], state: str
) -> None:
    ladder = ["ml.m5.xlarge", *LADDER.split(",")]
    capacity = runs[Cell(state, "capacity", passes=False)]
    assert instance_types(capacity) == [*ladder, ladder[-1]]
    assert instance_types(runs[Cell(state, "instance", passes=False)]) == ladder[:1] * 4


@pytest.mark.parametrize("state", JOBS)
def test_back_offs_double(runs: dict[Cell, Run], state: str) -> None:
    history = runs[Cell(state, "instance", passes=False)].history
    entered = [it["timestamp"] for it in history if it["type"] == "WaitStateEntered"]
    left = [it["timestamp"] for it in history if it["type"] == "WaitStateExited"]
    waits = [round((end - start).total_seconds()) for start, end in zip(entered, left, strict=True)]
    assert waits == [60, 120, 240]


@pytest.mark.parametrize("state", JOBS)
def test_a_job_that_lasts_longer_than_it_may_is_not_tried_again(matrix: Matrix, state: str) -> None:
    """SageMaker stops it; of a processing job it does not say why."""
    date = {"Featurise": "20261122", "TrainXGB": "20261123", "Evaluate": "20261124"}[state]
    run_id = f"{date}-{OVERRUNNING}"
    run = matrix.run({run_id: state})[run_id]
    ended = (run.execution["status"], run.execution["error"], run.tries)
    assert ended == ("FAILED", "JobOverran", 1)
