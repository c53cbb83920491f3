"""The virtual clock: real speed while something works, a jump over waits when nothing does."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

Action = Callable[[], None]
_CLOSING_SECONDS = 10.0


class ClockClosed(SystemExit):
    """Ends a thread that waits on a closed clock, in silence: there is nothing to report."""


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


@dataclass(eq=False)
class Waiter:
    """A thread that waits, and how much of ``work()`` it gave up for it."""

    tokens: int
    woken: bool = False


@dataclass(eq=False)
class Signal:
    """A one-shot event in virtual time: see ``Clock.wait`` and ``Clock.set``."""

    is_set: bool = False
    waiters: list[Waiter] = field(default_factory=list)


class Clock:
    """Virtual time for one instance of the embedded AWS; all methods are thread-safe.

    Whoever does real work holds ``work()``; the clock jumps only while nobody does.
    """

    def __init__(self, start_at: datetime, *, skip_waits: bool = True) -> None:
        self._changed = threading.Condition()
        self._offset_seconds = start_at.timestamp() - time.monotonic()
        self._skip_waits = skip_waits
        self._working = 0
        self._timers: list[Timer] = []
        self._sequence = itertools.count()
        self._goal: float | None = None
        self._held = threading.local()
        self._closed = False
        threading.Thread(target=self._run, name="virtual-clock", daemon=True).start()

    def now(self) -> datetime:
        """The current virtual instant, aware, UTC."""
        return datetime.fromtimestamp(self._seconds(), UTC)

    @contextmanager
    def work(self) -> Iterator[None]:
        """Hold the clock to real speed while the calling thread does real work."""
        self._take(1)
        self._held.count = getattr(self._held, "count", 0) + 1
        try:
            yield
        finally:
            self._held.count -= 1
            self._take(-1)

    def sleep(self, seconds: float) -> None:
        """Let virtual time pass; the clock may jump to the end."""
        self.wait(Signal(), seconds, pulls=True)

    def call_at(self, when: datetime, action: Action, *, pulls: bool = False) -> Timer:
        """Run ``action`` in a thread of its own, under ``work()``, at ``when``."""
        return self._schedule(when.timestamp(), lambda: self._spawn(action), pulls=pulls)

    def call_later(self, seconds: float, action: Action, *, pulls: bool = False) -> Timer:
        """Run ``action`` like ``call_at``, ``seconds`` of virtual time from now."""
        return self.call_at(self.now() + timedelta(seconds=seconds), action, pulls=pulls)

    def cancel(self, timer: Timer) -> None:
        """Drop a timer that has not fired; without effect on one that has."""
        with self._changed:
            if timer in self._timers:
                self._timers.remove(timer)
                heapq.heapify(self._timers)
                self._changed.notify_all()

    def spawn(self, action: Action, name: str) -> threading.Thread:
        """Start a daemon thread that is at work from this very moment until ``action`` returns."""
        self._take(1)

        def run() -> None:
            self._held.count = 1
            try:
                with suppress(ClockClosed):
                    action()
            finally:
                self._held.count = 0
                self._take(-1)

        thread = threading.Thread(target=run, name=name, daemon=True)
        thread.start()
        return thread

    def advance_to(self, when: datetime) -> None:
        """Jump, timer by timer, to ``when``; return once it is reached and all is quiet.

        Timers on the way fire in order; the clock runs at real speed while their actions
        work. Quiet means that nothing works and nobody waits for a pulling timer.
        """
        goal = when.timestamp()
        with self._changed:
            self._goal = max(goal, self._goal or goal)
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._closed or self._is_quiet_at(goal))

    def wait(
        self, signal: Signal, timeout_seconds: float | None = None, *, pulls: bool = False
    ) -> bool:
        """Wait for a signal or a virtual timeout; tell whether the signal was set.

        The caller's ``work()`` is given up meanwhile and restored by whoever wakes it, so
        that the clock cannot jump between the waking and the going on.

        Raises:
            ClockClosed: nothing will ever happen again.
        """
        with self._changed:
            if signal.is_set:
                return True
            waiter = Waiter(getattr(self._held, "count", 0))
            signal.waiters.append(waiter)
            timer = self._timeout(waiter, timeout_seconds, pulls=pulls)
            self._take(-waiter.tokens)
            self._changed.wait_for(lambda: waiter.woken or self._closed)
            signal.waiters.remove(waiter)
            if not waiter.woken:
                # The thread that unwinds now gives back what it held.
                self._wake(waiter)
                raise ClockClosed
            if timer is not None:
                self.cancel(timer)
            return signal.is_set

    def set(self, signal: Signal) -> None:
        """Set a signal and wake its waiters."""
        with self._changed:
            signal.is_set = True
            for waiter in signal.waiters:
                self._wake(waiter)

    def _timeout(self, waiter: Waiter, seconds: float | None, *, pulls: bool) -> Timer | None:
        if seconds is None:
            return None
        due = self._seconds() + seconds
        return self._schedule(due, lambda: self._wake(waiter), pulls=pulls)

    def _wake(self, waiter: Waiter) -> None:
        if not waiter.woken:
            waiter.woken = True
            self._take(waiter.tokens)

    def _is_quiet_at(self, goal: float) -> bool:
        # A timer of this very instant may still wait for its turn.
        pending = any(timer.pulls or timer.due <= goal for timer in self._timers)
        return self._seconds() >= goal and self._working == 0 and not pending

    def _is_pulled(self) -> bool:
        return any(timer.pulls for timer in self._timers)

    def close(self) -> None:
        """Stop the clock's thread, so that no timer fires any more; let work come to its end."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._working == 0, _CLOSING_SECONDS)

    def _seconds(self) -> float:
        return time.monotonic() + self._offset_seconds

    def _take(self, tokens: int) -> None:
        with self._changed:
            self._working += tokens
            self._changed.notify_all()

    def _spawn(self, action: Action) -> None:
        self.spawn(action, "timer")

    def _schedule(self, due: float, action: Action, *, pulls: bool) -> Timer:
        with self._changed:
            timer = Timer(due, next(self._sequence), action, pulls)
            heapq.heappush(self._timers, timer)
            self._changed.notify_all()
            return timer

    def _run(self) -> None:
        while True:
            with self._changed:
                if self._closed:
                    return
                timer = self._next_due()
                if timer is None:
                    self._changed.wait(self._pause_seconds())
                    continue
                # Fired under the lock: whoever it wakes is at work before the next jump.
                timer.action()

    def _next_due(self) -> Timer | None:
        self._jump()
        if self._timers and self._timers[0].due <= self._seconds():
            return heapq.heappop(self._timers)
        return None

    def _jump(self) -> None:
        if self._working:
            return
        target = self._jump_target()
        if target is not None and target > self._seconds():
            self._offset_seconds += target - self._seconds()
        if self._goal is not None and self._seconds() >= self._goal:
            self._goal = None
            self._changed.notify_all()

    def _jump_target(self) -> float | None:
        first = self._timers[0].due if self._timers else None
        if first is not None and self._skip_waits and self._is_pulled():
            return first
        if self._goal is None:
            return None
        return self._goal if first is None else min(first, self._goal)

    def _pause_seconds(self) -> float | None:
        return max(0.0, self._timers[0].due - self._seconds()) if self._timers else None
