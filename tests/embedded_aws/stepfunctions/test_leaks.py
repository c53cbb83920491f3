"""A thousand executions leave nothing behind but their records."""

from __future__ import annotations

import gc
import itertools
import json
import threading
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from embedded_aws.clock import Signal, Waiter
from embedded_aws.gateway.service import RequestContext
from embedded_aws.instance import Instance
from embedded_aws.stepfunctions.executions import ExecutionStore
from embedded_aws.stepfunctions.executions_api import ExecutionsApi
from embedded_aws.stepfunctions.log_delivery import LogDelivery
from embedded_aws.stepfunctions.machines import MachineStore
from embedded_aws.stepfunctions.machines_api import MachinesApi
from embedded_aws.stepfunctions.run import Run
from embedded_aws.stepfunctions.strand import Strand
from embedded_aws.stepfunctions.task_tokens import TaskTokens
from embedded_aws.stepfunctions.visit import Visit

ROLE_ARN = "arn:aws:iam::123456789012:role/machine"
CALLER = RequestContext("123456789012", "us-east-1", "AKIDUSER", "request")
PATIENCE_SECONDS = 30
AT_ONCE = 20
TRACED = 100
# A record, its outcome and its packed history take half of this; as events, twice as much.
MOST_BYTES_EACH = 5_000


@pytest.fixture(scope="module")
def definition(jsonata: Any) -> str:
    """Branches, iterations, waits, a variable, and a failure that is caught."""
    pause = {"Pause": {"Type": "Wait", "Seconds": 60, "End": True}}
    items = {
        "Type": "Map",
        "Items": [1],
        "ItemProcessor": {"StartAt": "Pause", "States": pause},
        "End": True,
    }
    fails = {"StartAt": "Fail", "States": {"Fail": {"Type": "Fail", "Error": "E"}}}
    both = {
        "Type": "Parallel",
        "Branches": [{"StartAt": "Items", "States": {"Items": items}}, fails],
        "Catch": [{"ErrorEquals": ["States.ALL"], "Assign": {"x": 1}, "Next": "Done"}],
        "End": True,
    }
    done = {"Type": "Pass", "Output": {"x": "{% $x %}", "text": "y" * 500}, "End": True}
    return json.dumps(jsonata({"Both": both, "Done": done}))


@pytest.fixture(scope="module")
def run_many(machines: Any, aws: Instance, definition: str) -> Callable[[int], dict[str, Any]]:
    """Runs executions past the front door, which is not what this is about; the last record."""
    assert machines
    environment = aws.environment
    store, executions = MachineStore(), ExecutionStore(environment.clock.now)
    logs, tokens = LogDelivery(environment), TaskTokens(bool)
    api = ExecutionsApi(environment, store, executions, tokens, (logs,))
    request = {"name": "leaks", "definition": definition, "roleArn": ROLE_ARN}
    made = MachinesApi(environment, store, logs).create_state_machine(request, CALLER)
    numbers = itertools.count()

    def run(count: int) -> dict[str, Any]:
        for _ in range(count // AT_ONCE):
            for number in itertools.islice(numbers, AT_ONCE):
                request = {"stateMachineArn": made["stateMachineArn"], "name": f"run-{number}"}
                started = api.start_execution(request, CALLER)
            environment.clock.advance_to(environment.clock.now())
        return dict(api.describe_execution(started, CALLER))

    return run


PARTS = (Run, Strand, Visit, Signal, Waiter)


def parts() -> list[object]:
    """Of executions, wherever in this process they are."""
    gc.collect()
    return [thing for thing in gc.get_objects() if isinstance(thing, PARTS)]


def test_a_thousand_executions_leave_no_threads_and_no_parts_of_theirs(
    run_many: Callable[[int], dict[str, Any]],
) -> None:
    run_many(AT_ONCE)
    threads, others = set(threading.enumerate()), parts()
    assert run_many(1_000)["status"] == "SUCCEEDED"
    # Their work is over a moment before they are: one that leaks outlasts any patience.
    left = set(threading.enumerate()) - threads
    for thread in left:
        thread.join(PATIENCE_SECONDS)
    assert [thread.name for thread in left if thread.is_alive()] == []
    del left
    known = set(map(id, others))
    assert [type(part) for part in parts() if id(part) not in known] == []


def test_an_execution_that_has_ended_takes_little_memory(
    run_many: Callable[[int], dict[str, Any]],
) -> None:
    run_many(AT_ONCE)
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        run_many(TRACED)
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (after - before) / TRACED < MOST_BYTES_EACH
