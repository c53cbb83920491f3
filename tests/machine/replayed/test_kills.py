"""Processes are killed at every stage of a night: it recovers, or fails by name and is redriven."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
import yaml

from docs.generate import DEFINITION
from embedded_aws.faults.reading import read_faults
from ops.night import Night, read
from tests.soak.invariants import violations
from tests.soak.nights import Nights, scheduled

pytestmark = pytest.mark.slow

Fault = dict[str, Any]
STATES: dict[str, dict[str, Any]] = yaml.load(DEFINITION.read_text(), yaml.CSafeLoader)["States"]
FUNCTIONS = {
    name: state["Arguments"]["FunctionName"].removeprefix("${").removesuffix("Arn}")
    for name, state in STATES.items()
    if state.get("Resource", "").endswith("lambda:invoke") and name != "FailNight"
}
"""The function of each state that invokes one, on the way of a night that succeeds."""

RECORDERS = {
    name: STATES[name]["Arguments"]["Payload"]["Stage"].lower()
    for name, function in FUNCTIONS.items()
    if function == "RecordLineageFunction"
}
"""The stage that each state records."""


def recording(stage: str) -> Sequence[tuple[str, str, str, str]]:
    """The record is written, its graph is not; the graph is, and nobody has noted it."""
    return [
        ("s3", "PutObject", f"lineage/*/{stage}.json", "after"),
        ("s3", "PutObject", f"lineage/*/{stage}.receipt.json", "before"),
    ]


CALLS: dict[str, Sequence[tuple[str, str, str, str]]] = {
    **{state: recording(stage) for state, stage in RECORDERS.items()},
    "RecordFeaturise": [
        *recording("featurise"),
        ("sagemaker", "AddAssociation", "*-processingjob-*", "before"),
    ],
    "PrepareNight": [
        ("s3", "PutObject", "datasets/*/manifest.json", "before"),
        ("s3", "PutObject", "code/*", "after"),
    ],
    "ReadAuc": [("s3", "GetObject", "*/evaluation.json", "after")],
    "TriggerDeploy": [
        ("stepfunctions", "StartExecution", "*-candidate-*", "before"),
        ("stepfunctions", "StartExecution", "*-candidate-*", "after"),
    ],
}
"""At which of its calls the process of a state dies, once at each.

That it dies before it sees its event is a cell of test_matrix.py; that the recorder is killed at
every single call, of tests/lineage/test_crashes_at_every_call.py.
"""


def at_its_event(function: str) -> Fault:
    """A process that dies before its code sees its first invocation."""
    return {
        "name": f"{function} at its event",
        "service": "lambda",
        "operation": "Invoke",
        "resource": f"*{function}*",
        "calls": {"first": 1},
        "effect": "kill_function",
    }


def at_its_call(function: str, service: str, operation: str, resource: str, when: str) -> Fault:
    """A process that dies right before it makes a call, or before it hears the answer."""
    return {
        "name": f"{function} {when} {operation} {resource}",
        "service": service,
        "operation": operation,
        "resource": resource,
        "caller": f"*{function.removesuffix('Function')}*",
        "calls": {"first": 1},
        "effect": {"kill_caller": {"when": when}},
    }


KILLS = [
    at_its_call(function, *call) for state, function in FUNCTIONS.items() for call in CALLS[state]
]
"""Every death of a night."""

JOB_DEATHS = {"featurise": 0.0, "train": 1.5, "evaluate": 3.0}
"""After how many seconds of its container's work each step's job is killed, a redrive apart."""
STEPS = {"featurise": "Featurise", "train": "TrainXGB", "evaluate": "Evaluate"}


def job_kills() -> Iterator[Fault]:
    for redrive, (step, seconds) in enumerate(JOB_DEATHS.items()):
        kind = "Training" if step == "train" else "Processing"
        yield {
            "name": f"the {step} job",
            "service": "sagemaker",
            "operation": f"Create{kind}Job",
            "parameters": {f"{kind}JobName": f"*-{step}-*-r{redrive}-*"},
            "effect": {"kill_job": {"after_seconds": seconds}},
        }
    yield at_its_event("FailNightFunction")
    yield at_its_call("FailNightFunction", "stepfunctions", "DescribeExecution", "*", "after")
    yield at_its_event("RecordOutcomeFunction")
    yield at_its_call("RecordOutcomeFunction", "s3", "PutObject", "*/failure-r0.json", "after")


@dataclass(frozen=True)
class Struck:
    """A night after each of its runs, how often each kill struck, and what does not hold of it."""

    runs: Sequence[Night]
    fired: Counter[str]
    violations: Sequence[str]


def live(nights: Nights, data_date: date, faults: Sequence[Fault], redrives: int) -> Struck:
    nights.deliver(data_date)
    nights.wait_until(scheduled(data_date))
    fired_before = len(nights.aws.faults.firings)
    nights.aws.faults.add(*read_faults(json.dumps({"faults": faults})))
    arn = nights.start(data_date)
    nights.settle()
    runs = [read(nights.describe(arn), nights.history(arn))]
    for _ in range(redrives):
        nights.client("stepfunctions").redrive_execution(executionArn=arn)
        nights.settle()
        runs.append(read(nights.describe(arn), nights.history(arn)))
    nights.aws.faults.clear()
    firings = list(nights.aws.faults.firings)[fired_before:]
    wrong = violations(nights, [arn], [data_date])
    return Struck(runs, Counter(firing.fault for firing in firings), wrong)


def unstage(nights: Nights) -> None:
    """Take away the code that an earlier night staged, so that this one stages it, too."""
    s3, bucket = nights.client("s3"), nights.outputs["BucketName"]
    for staged in s3.list_objects_v2(Bucket=bucket, Prefix="code/").get("Contents", ()):
        s3.delete_object(Bucket=bucket, Key=staged["Key"])


@pytest.fixture(scope="module")
def functions_killed(replayed: Nights) -> Struck:
    unstage(replayed)
    return live(replayed, date(2027, 1, 4), KILLS, redrives=0)


@pytest.fixture(scope="module")
def jobs_killed(replayed: Nights) -> Struck:
    return live(replayed, date(2027, 2, 4), list(job_kills()), redrives=3)


def test_each_state_that_invokes_a_function_has_its_deaths() -> None:
    assert CALLS.keys() == FUNCTIONS.keys()


def test_a_night_whose_functions_die_at_every_stage_registers_all_the_same(
    functions_killed: Struck,
) -> None:
    (night,) = functions_killed.runs
    assert (night.status, night.decision) == ("SUCCEEDED", "registered"), night.error
    assert functions_killed.violations == []


@pytest.mark.parametrize("fault", KILLS, ids=lambda fault: fault["name"])
def test_a_function_dies_once_at_its(functions_killed: Struck, fault: Fault) -> None:
    assert functions_killed.fired[fault["name"]] == 1


@pytest.mark.parametrize("state", FUNCTIONS)
def test_each_death_is_a_retry_with_the_cause_that_lambda_gives(
    functions_killed: Struck, state: str
) -> None:
    (step,) = [it for it in functions_killed.runs[0].steps if it.name == state]
    assert step.failures == ("Runtime.ExitError (signal: killed)",) * len(CALLS[state])


def test_a_job_whose_process_dies_ends_the_night_by_name_and_a_redrive_resumes_it(
    jobs_killed: Struck,
) -> None:
    *failed, last = jobs_killed.runs
    assert [(it.status, it.steps[-1].name) for it in failed] == [
        ("FAILED", step) for step in STEPS.values()
    ]
    assert [it.error for it in failed if "exit code: 137" not in it.error] == []
    assert (last.status, last.decision) == ("SUCCEEDED", "registered"), last.error


def test_who_raises_and_records_a_failure_may_die_of_it(jobs_killed: Struck) -> None:
    """The failure's record is among what must hold."""
    assert jobs_killed.fired == Counter(it["name"] for it in job_kills())
    assert jobs_killed.violations == []
