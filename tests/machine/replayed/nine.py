"""The nine invariants of a night, each told of what was found after one of its runs."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any

from tests.machine.replayed.runs import Found
from tests.machine.replayed.ways import MACHINE_SECONDS, STATES

LEGAL = re.compile(r"[a-z0-9](-*[a-z0-9]){0,62}")
ROLLOUT = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")
ENDED_TASK = {"TaskSucceeded", "TaskFailed", "TaskTimedOut"}
CLOCK_TICK = timedelta(seconds=1)

Shape = Counter[tuple[str, str, str]]
RECORDED: Mapping[str, Shape] = {
    "RecordFeaturise": Counter(
        {
            ("NightlyRetrain", "AssociatedWith", "Workflow"): 1,
            ("DataSet", "ContributedTo", "ProcessingJob"): 1,
            ("ProcessingJob", "Produced", "DataSet"): 3,
        }
    ),
    "RecordTraining": Counter(
        {
            ("DataSet", "ContributedTo", "TrainingJob"): 2,
            ("TrainingJob", "Produced", "Model"): 1,
        }
    ),
    "RecordEvaluation": Counter(
        {
            ("Model", "ContributedTo", "Evaluation"): 1,
            ("DataSet", "ContributedTo", "Evaluation"): 1,
            ("Evaluation", "Produced", "EvaluationReport"): 1,
        }
    ),
    # Which is SageMaker's own, and the one that we would write.
    "RegisterIfGoodEnough": Counter({("Model", "ContributedTo", "Model"): 1}),
    "RecordRegistration": Counter(
        {
            ("NightlyRetrain", "ContributedTo", "Model"): 1,
            ("EvaluationReport", "ContributedTo", "Model"): 1,
        }
    ),
    "TriggerDeploy": Counter(
        {
            ("Model", "ContributedTo", "ModelDeployment"): 1,
            ("ModelDeployment", "AssociatedWith", "Endpoint"): 1,
        }
    ),
}
"""The associations that each state is the first to write, or to have written."""
UNRECORDED = "no record tells of its registration"
"""What the audit says of a package whose night failed right after it had registered it."""
OURS = {kind for shape in RECORDED.values() for triple in shape for kind in triple}


def _gate(found: Found) -> Iterator[str]:
    """Deployed, so registered, so passed; of a night that succeeded all of it or nothing."""
    execution, registered = found.execution, bool(found.packages)
    passed = [it["Auc"] >= _threshold(found) for it in _outputs(found, "ReadAuc")]
    if found.rollouts and not registered:
        yield f"{found.rollouts} were started for no package"
    if registered and passed[-1:] != [True]:
        yield f"{found.packages} did not pass the gate: {passed}"
    if execution["status"] == "SUCCEEDED":
        output = json.loads(execution["output"])
        claims = {
            output.get("Decision") == "Registered",
            "Rollout" in output,
            "PackageArn" in output,
        }
        if {registered, bool(found.rollouts), *passed, *claims} != {registered}:
            yield f"{output}, but {found.packages}, {found.rollouts}"


def _whole(found: Found) -> Iterator[str]:
    """Nothing is deployed before its lineage is whole; what is on record is as it was noted."""
    marks = [(event["type"].removeprefix("TaskState"), _name(event)) for event in found.events]
    deploys = marks.index(("Entered", "TriggerDeploy")) if found.rollouts else 0
    if deploys and ("Exited", "RecordRegistration") not in marks[:deploys]:
        yield "deployed before it was on record"
    for package, told in found.explained.items() if deploys else ():
        if told.get("Night", {}).get("ExecutionArn") != found.execution["executionArn"]:
            yield f"{package} is deployed, but {told}"
    unrecorded = ("Exited", "RecordRegistration") not in marks
    told_of = UNRECORDED if unrecorded and found.packages else ""
    yield from (finding for finding in found.findings if not told_of or told_of not in finding)


def _identical(found: Found) -> Iterator[str]:
    """What is written is what the states write that were passed, once, however often they ran."""
    shape: Shape = Counter(
        triple
        for it in found.associations
        if set(triple := (it["SourceType"], it["AssociationType"], it["DestinationType"])) <= OURS
    )
    if not _of(found, "Exited") <= shape <= _of(found, "Entered"):
        yield f"{shape}, not {_of(found, 'Entered')}"
    twice = Counter(it["Source"]["SourceUri"] for it in found.artifacts)
    twice += Counter(it["ActionType"] for it in found.actions)
    yield from (f"{what} is there {count} times" for what, count in twice.items() if count > 1)


def _apart(found: Found) -> Iterator[str]:
    """Nothing that this night wrote touches another night's data or model."""
    own = {it["ArtifactArn"] for it in found.artifacts}
    for it in found.associations:
        ends = {"SourceType": "SourceArn", "DestinationType": "DestinationArn"}
        if {it[kind] for kind in ends} <= OURS:
            data = [it[arn] for kind, arn in ends.items() if it[kind] in {"DataSet", "Model"}]
            yield from (f"{arn} is another night's" for arn in data if arn not in own)


def _named(found: Found) -> Iterator[str]:
    """Every name is legal, and no call ever asks for the one of another."""
    asked = [json.loads(it["parameters"]) for it in _details(found, "taskScheduledEventDetails")]
    names = [it[key] for it in asked for key in it if key.endswith("JobName")]
    if not set(found.jobs) <= set(names):
        yield f"{found.jobs.keys() - set(names)} were never asked for"
    yield from (f"{name} was asked for twice" for name, n in Counter(names).items() if n > 1)
    yield from (f"{name} is not legal" for name in names if not LEGAL.fullmatch(name))
    yield from (f"{name} is not legal" for name in found.rollouts if not ROLLOUT.fullmatch(name))


def _once(found: Found) -> Iterator[str]:
    """One execution, one package, one rollout, and no job that runs on."""
    if len(found.executions) != 1 or len(found.packages) > 1 or len(found.rollouts) > 1:
        yield f"{found.executions}, {found.packages}, {found.rollouts}"
    ended = {"Completed", "Failed", "Stopped"}
    yield from (f"{name} is {it}" for name, it in found.jobs.items() if it not in ended)
    completed = {name for name, it in found.jobs.items() if it == "Completed"}
    yield from (f"{name} ran on, and nobody heard of it" for name in completed - _heard_of(found))


def _bounded(found: Found) -> Iterator[str]:
    """The run has ended, and nothing in it took longer than it may."""
    if found.execution["status"] == "RUNNING":
        yield "the night is stuck"
    run, state = found.run, ""
    limits = [(run[0], run[-1], MACHINE_SECONDS)]
    for event, following in pairwise(run):
        state = event.get("stateEnteredEventDetails", {}).get("name", state)
        if event["type"] in {"TaskScheduled", "TaskStarted", "TaskSubmitted"}:
            limits.append((event, following, STATES[state]["TimeoutSeconds"]))
    for start, end, seconds in limits:
        if end["timestamp"] - start["timestamp"] > timedelta(seconds=seconds) + CLOCK_TICK:
            yield f"from {start} to {end} are more than {seconds} s"


def _served(found: Found) -> Iterator[str]:
    """Each endpoint serves one thing at a time, and only a rollout changes what."""
    told = Counter(it["EndpointName"] for it in found.served.get("Endpoints", ()))
    if told != Counter(found.switches.keys()):
        yield f"{found.switches.keys()} serve, and asof says {found.served}"
    for endpoint, switches in found.switches.items():
        if any(one >= next_ for one, next_ in pairwise(switches)):
            yield f"{endpoint} served two things at a time: {switches}"
    since = found.events[0]["timestamp"]
    switched = [at for each in found.switches.values() for at in each if at >= since]
    if len(switched) != len(found.rollouts):
        yield f"{found.rollouts} switched at {switched}"


def _allowed(found: Found) -> Iterator[str]:
    """Whatever goes wrong, the template's policies allow what is done about it."""
    yield from found.denied


NINE: Mapping[str, Callable[[Found], Iterator[str]]] = {
    "1 deployed, registered, passed": _gate,
    "2 whole before it is deployed": _whole,
    "3 written again, the same": _identical,
    "4 no other night's data": _apart,
    "5 names legal and new": _named,
    "6 once": _once,
    "7 nothing waits for ever": _bounded,
    "8 one answer to asof": _served,
    "9 every call is allowed": _allowed,
}
"""By their numbers in the design."""


def violations(found: Found) -> dict[str, Sequence[str]]:
    """What does not hold, by invariant."""
    told = {name: list(check(found)) for name, check in NINE.items()}
    return {name: wrong for name, wrong in told.items() if wrong}


def _threshold(found: Found) -> float:
    given = json.loads(found.execution["input"])
    return float(given.get("AucThreshold", 0.5))


def _of(found: Found, what: str) -> Shape:
    """The associations of the states that were entered, or exited."""
    states = {_name(event) for event in found.events if event["type"] == f"TaskState{what}"}
    return sum((it for state, it in RECORDED.items() if state in states), Shape())


def _outputs(found: Found, state: str) -> list[Any]:
    exits = _details(found, "stateExitedEventDetails")
    return [json.loads(it["output"]) for it in exits if it["name"] == state]


def _details(found: Found, kind: str) -> list[Any]:
    return [event[kind] for event in found.events if kind in event]


def _heard_of(found: Found) -> set[str]:
    """The jobs of whose success the machine was told."""
    told = _details(found, "taskSucceededEventDetails")
    outputs = [json.loads(it["output"]) for it in told if it["resourceType"] == "sagemaker"]
    return {it[key] for it in outputs for key in it if key.endswith("JobName")}


def _name(event: Mapping[str, Any]) -> str:
    kinds = ("stateEnteredEventDetails", "stateExitedEventDetails")
    return next((str(event[kind]["name"]) for kind in kinds if kind in event), "")
