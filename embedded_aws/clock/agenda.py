"""What is due in virtual time, in order: the timers of one clock."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

Action = Callable[[], None]


@dataclass(order=True)
class Timer:
    """Something due at an instant of virtual time.

    A *pulling* timer is progress that somebody waits for (a Wait state, a back-off): the
    clock may jump to it. Any other (a timeout, a schedule) only guards: it fires when
    time gets there.
    """

    due: float
    sequence: int
    action: Action = field(compare=False)
    pulls: bool = field(compare=False)
    name: str = field(compare=False)


@dataclass(frozen=True)
class Due:
    """A timer as others see it: its instant, who set it, and whether the clock jumps to it."""

    at: datetime
    name: str
    pulls: bool

    @classmethod
    def of(cls, timer: Timer) -> Due:
        """What there is to know of a timer."""
        return cls(datetime.fromtimestamp(timer.due, UTC), timer.name, timer.pulls)


class Agenda:
    """Timers by their instants, those of one instant as they were set; not thread-safe."""

    def __init__(self) -> None:
        # A timer that is dropped stays in the heap until it comes to the top: to look for it
        # would cost as much as there are timers.
        self._heap: list[Timer] = []
        self._set: dict[int, Timer] = {}
        self._pulling = 0
        self._sequence = itertools.count()

    def add(self, due: float, action: Action, name: str, *, pulls: bool) -> Timer:
        """Set a timer."""
        timer = Timer(due, next(self._sequence), action, pulls, name)
        heapq.heappush(self._heap, timer)
        self._set[timer.sequence] = timer
        self._pulling += pulls
        return timer

    def drop(self, timer: Timer) -> None:
        """Forget a timer; without effect on one that was taken."""
        if self._set.pop(timer.sequence, None) is None:
            return
        self._pulling -= timer.pulls
        while self._heap and self._heap[0].sequence not in self._set:
            heapq.heappop(self._heap)

    def take(self, until: float) -> Timer | None:
        """Take out the first timer that is due by an instant."""
        if not self._heap or self._heap[0].due > until:
            return None
        timer = self._heap[0]
        self.drop(timer)
        return timer

    @property
    def first_due(self) -> float | None:
        """When the next timer is due."""
        return self._heap[0].due if self._heap else None

    @property
    def is_pulled(self) -> bool:
        """Whether somebody waits for a timer."""
        return self._pulling > 0

    def listed(self) -> tuple[Due, ...]:
        """All timers, the next one first."""
        return tuple(Due.of(timer) for timer in sorted(self._set.values()))


def name_of(action: Action) -> str:
    """The name of a timer that nobody named: where its action comes from."""
    name = str(getattr(action, "__qualname__", type(action).__qualname__))
    return name.removesuffix("<lambda>").removesuffix(".<locals>.")
