"""Retry and Catch: how often, how long between, and where a failure leads in the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from random import Random

from embedded_aws.stepfunctions.definition import Retrier, WorkState
from embedded_aws.stepfunctions.documents import Json
from embedded_aws.stepfunctions.errors import StateFailure, matches
from embedded_aws.stepfunctions.scope import Scope
from embedded_aws.stepfunctions.visit import Departure, Visit

Attempt = Callable[[Scope], Json]
# Beyond this the delay is longer than any execution may last, and floats run out.
_LONGEST_GROWTH = 64


class Retries:
    """Counts the retries of one visit, each retrier's on its own."""

    def __init__(self, retriers: Sequence[Retrier], chance: Random) -> None:
        self._retriers = retriers
        self._chance = chance
        self._used: Counter[int] = Counter()

    def delay_seconds(self, error: str | None) -> float | None:
        """How long to wait before the next attempt; None if there is none.

        The first retrier that names the error decides, even when it is used up.
        """
        for index, retrier in enumerate(self._retriers):
            if matches(retrier.error_equals, error):
                if self._used[index] >= retrier.max_attempts:
                    return None
                delay = backoff_seconds(retrier, self._used[index])
                self._used[index] += 1
                return self._chance.uniform(0, delay) if retrier.full_jitter else delay
        return None


def backoff_seconds(retrier: Retrier, used: int) -> float:
    """The delay before the retry after ``used`` earlier ones."""
    delay = retrier.interval_seconds * retrier.backoff_rate ** min(used, _LONGEST_GROWTH)
    return delay if retrier.max_delay_seconds is None else min(delay, retrier.max_delay_seconds)


def work(
    visit: Visit,
    state: WorkState,
    attempt: Attempt,
    failed_event: str = "",
    context: Callable[[], Mapping[str, Json]] = dict,
) -> Departure:
    """Attempt until it succeeds, nothing retries it, or a catcher takes over.

    Output and variables belong to the attempt: they too can fail and be caught. ``context`` is
    what each attempt adds to the context object.
    """
    retries = Retries(state.retriers, visit.strand.chance)
    retry_count = 0
    while True:
        scope = visit.scope_of_attempt(retry_count).at(**context())
        try:
            return visit.leave(state.exit, scope.with_result(attempt(scope)))
        except StateFailure as failure:
            delay = retries.delay_seconds(failure.matched_as)
            if delay is None:
                if failed_event:
                    visit.strand.record(failed_event)
                return _caught(visit, state, failure, scope)
        visit.strand.sleep(delay)
        retry_count += 1


def _caught(visit: Visit, state: WorkState, failure: StateFailure, scope: Scope) -> Departure:
    for catcher in state.catchers:
        if matches(catcher.error_equals, failure.matched_as):
            return visit.leave(catcher.exit, scope.with_error(failure.as_output()))
    raise failure
