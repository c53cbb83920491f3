"""The last nights: which executions there are, and the history of each."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from ops.clients import Response, StepFunctions
from ops.executions import history, newest_first
from ops.night import Night, read

_AT_ONCE = 4


def last_nights(
    stepfunctions: StepFunctions,
    state_machine_arn: str,
    count: int,
    progress: Callable[[], None] = lambda: None,
) -> list[Night]:
    """The newest ``count`` executions, oldest data date first.

    ``progress`` is called once for every night that was read.
    """

    def fetch(execution: Response) -> Night:
        night = read(execution, history(stepfunctions, execution["executionArn"]))
        progress()
        return night

    newest = list(islice(newest_first(stepfunctions, state_machine_arn), count))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        nights = list(pool.map(fetch, newest))
    return sorted(nights, key=lambda night: (night.data_date, night.started))
