"""Ends everything that a stack started, stage by stage, looking again after each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from ops.errors import NotEnded, NotOnRecord
from ops.teardown.clients import Clients
from ops.teardown.estate import Estate
from ops.teardown.hosting import endpoint_configs, endpoints, models
from ops.teardown.leftover import Leftover
from ops.teardown.recording import unrecorded_ends, unrecorded_switches
from ops.teardown.running import jobs, nights, rollouts, schedules

Stage = Callable[[Clients, Estate], Iterator[Leftover]]
RUNNING: tuple[Stage, ...] = (schedules, nights, jobs, rollouts)
HOSTED: tuple[Stage, ...] = (endpoints, endpoint_configs, models)
# First what would start something, then what would change an endpoint; a deleted endpoint is
# entered into the switch log only when no rollout to it is without an end.
_STAGES: tuple[Stage, ...] = (
    *RUNNING,
    unrecorded_ends,
    endpoints,
    unrecorded_switches,
    endpoint_configs,
    models,
)
_RECORDS = (unrecorded_ends, unrecorded_switches)
MOST_LOOKS = 40


def survey(clients: Clients, estate: Estate) -> Sequence[Leftover]:
    """What a teardown would end, in its order; nothing is changed."""
    return [each for stage in (*RUNNING, *HOSTED) for each in stage(clients, estate)]


def tear_down(
    clients: Clients, estate: Estate, wait: Callable[[], None], *, is_record_awaited: bool = True
) -> Iterator[Leftover]:
    """End all of it; each is returned once, when its end was asked for or is first waited for.

    Nothing is remembered: each look begins with the first stage, so that whoever was interrupted
    goes on, and what was started meanwhile is found, too.

    Args:
        clients: Of the stack's account and region.
        estate: What is the stack's.
        wait: Called before it is looked again.
        is_record_awaited: Whether every end must be on record before the next stage.

    Raises:
        NotOnRecord: the functions have not recorded an end in all the time.
        NotEnded: something is there as before, however often it is ended.
    """
    stages = [it for it in _STAGES if is_record_awaited or it not in _RECORDS]
    looks = Counter[str]()
    while found := _first(stages, clients, estate):
        for each in found:
            looks[str(each)] += 1
            _require_patience(each, looks[str(each)])
            if each.end:
                each.end()
            if looks[str(each)] == 1:
                yield each
        wait()


def _require_patience(leftover: Leftover, looks: int) -> None:
    if looks <= MOST_LOOKS:
        return
    if leftover.kind == "record":
        raise NotOnRecord(
            f"Not on record: {leftover}. See DeadLetterQueue and the logs of the functions that"
            " record, which `sam delete` takes away; then go on with the same command. What nobody"
            " will record any more, as after a failure long ago, nightly teardown --unrecorded"
            " leaves as it is."
        )
    if leftover.end:
        raise NotEnded(f"{leftover} is still there. End it by hand; the same command goes on.")


def _first(stages: Iterable[Stage], clients: Clients, estate: Estate) -> Sequence[Leftover]:
    """What the first stage finds that finds something."""
    found = (list(stage(clients, estate)) for stage in stages)
    return next(filter(None, found), [])
