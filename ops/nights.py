"""The last nights: which executions there are, and the history of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

from ops.night import Event, Night, read

_AT_ONCE = 4


def last_nights(
    stepfunctions: Any,  # noqa: ANN401  # boto3 client
    state_machine_arn: str,
    count: int,
    progress: Callable[[], None] = lambda: None,
) -> list[Night]:
    """The newest ``count`` executions, oldest data date first.

    ``progress`` is called once for every night that was read.
    """

    def fetch(execution: dict[str, Any]) -> Night:
        night = read(execution, _history(stepfunctions, execution["executionArn"]))
        progress()
        return night

    newest = list(islice(_executions(stepfunctions, state_machine_arn), count))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        nights = list(pool.map(fetch, newest))
    return sorted(nights, key=lambda night: (night.data_date, night.started))


def _executions(stepfunctions: Any, state_machine_arn: str) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    pages = stepfunctions.get_paginator("list_executions").paginate(
        stateMachineArn=state_machine_arn
    )
    for page in pages:
        yield from page["executions"]


def _history(stepfunctions: Any, execution_arn: str) -> Iterator[Event]:  # noqa: ANN401
    pages = stepfunctions.get_paginator("get_execution_history").paginate(
        executionArn=execution_arn, includeExecutionData=True, maxResults=1000
    )
    for page in pages:
        yield from page["events"]
