"""The clock itself: who waits is woken, and what is due is done, at its instant."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

from embedded_aws.clock.agenda import Action, Agenda, Due, Timer, name_of
from embedded_aws.clock.dial import ClockMode, Dial
from embedded_aws.clock.errors import ClockClosed, ClockRuns
from embedded_aws.clock.waiting import Signal, Step, Waiter
from embedded_aws.clock.workload import Workload

_CLOSING_SECONDS = 10.0


class Clock:
    """Virtual time for one instance of the embedded AWS; all methods are thread-safe.

    Whoever does real work holds ``work()``; the clock jumps only while nobody does.

    Child processes, functions and jobs, read the machine's own clock. Nothing hands them this
    one: a variable or a replaced ``time`` module would be one that AWS does not have, and their
    timeouts and TLS would go by the other. So code that compares its own now with a time from an
    answer sees them apart by the distance between the two clocks.

    Attributes:
        start_at: The first instant that it showed.
    """

    def __init__(self, start_at: datetime, mode: ClockMode = ClockMode.SKIP) -> None:
        self.start_at = start_at
        self._lock = threading.RLock()
        # For the clock's own thread, and for those who wait until nothing works any more.
        self._changed = threading.Condition(self._lock)
        self._dial = Dial(start_at, mode)
        self._workload = Workload()
        self._agenda = Agenda()
        self._goal: float | None = None
        self._goal_before_pause: float | None = None
        self._steps: list[Step] = []
        self._waiting: set[Waiter] = set()
        self._closed = False
        threading.Thread(target=self._run, name="virtual-clock", daemon=True).start()

    def now(self) -> datetime:
        """The current virtual instant, aware, UTC."""
        return datetime.fromtimestamp(self._dial.seconds, UTC)

    @property
    def mode(self) -> ClockMode:
        """How time passes."""
        return self._dial.mode

    def timers(self) -> tuple[Due, ...]:
        """What is due, the next one first."""
        with self._changed:
            return self._agenda.listed()

    @contextmanager
    def work(self) -> Iterator[None]:
        """Hold the clock to real speed while the calling thread does real work."""
        self._take(1)
        self._workload.own_tokens += 1
        try:
            yield
        finally:
            self._workload.own_tokens -= 1
            self._take(-1)

    @contextmanager
    def waited_for(self) -> Iterator[None]:
        """Do what another thread might do while the calling one waits for it, still at work.

        Waits within give up nothing of the calling thread's work.
        """
        own, self._workload.own_tokens = self._workload.own_tokens, 0
        try:
            yield
        finally:
            self._workload.own_tokens = own

    def spawn(self, action: Action, name: str) -> threading.Thread:
        """Start a daemon thread that is at work from this very moment until ``action`` returns."""
        self._take(1)

        def run() -> None:
            self._workload.own_tokens = 1
            try:
                with suppress(ClockClosed):
                    action()
            finally:
                self._workload.own_tokens = 0
                self._take(-1)

        thread = threading.Thread(target=run, name=name, daemon=True)
        thread.start()
        return thread

    def call_at(
        self, when: datetime, action: Action, *, pulls: bool = False, name: str = ""
    ) -> Timer:
        """Run ``action`` in a thread of its own, under ``work()``, at ``when``."""
        called = name or name_of(action)
        due = when.timestamp()
        return self._schedule(due, lambda: self._spawn(action, called), called, pulls=pulls)

    def call_later(
        self, seconds: float, action: Action, *, pulls: bool = False, name: str = ""
    ) -> Timer:
        """Run ``action`` like ``call_at``, ``seconds`` of virtual time from now."""
        when = self.now() + timedelta(seconds=seconds)
        return self.call_at(when, action, pulls=pulls, name=name)

    def cancel(self, timer: Timer) -> None:
        """Drop a timer that has not fired; without effect on one that has."""
        with self._changed:
            self._agenda.drop(timer)
            self._tell_if_idle()

    def sleep(self, seconds: float) -> None:
        """Let virtual time pass; the clock may jump to the end."""
        self.wait(Signal(), seconds, pulls=True)

    def stall(self, seconds: float) -> None:
        """Let virtual time pass while those who are at work now wait for the calling thread.

        They cannot give up their work themselves: they wait for an answer that this thread
        delays. Whoever begins to work meanwhile holds the clock as ever. What worked beside
        them, and does not wait, sees time jump.
        """
        with self._changed:
            self._wait(Signal(), seconds, pulls=True, excused=self._workload.tokens)

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
            return signal.is_set or self._wait(signal, timeout_seconds, pulls=pulls)

    def set(self, signal: Signal) -> None:
        """Set a signal and wake its waiters."""
        with self._changed:
            signal.is_set = True
            for waiter in signal.waiters:
                self._wake(waiter)

    def advance_to(self, when: datetime) -> None:
        """Jump, timer by timer, to ``when``; return once it is reached and all is quiet.

        Timers on the way fire in order; the clock runs at real speed while their actions
        work. Quiet means that nothing works but what a stall excuses and, where waits are
        skipped, that nobody waits for a pulling timer. A clock that stands gets to ``when``
        exactly, and stands again; pausing it on the way makes this wait until it is resumed.
        """
        with self._changed:
            self._reach(when.timestamp())

    def pause(self) -> None:
        """Stop time; what works goes on working, and takes no time at all."""
        with self._changed:
            if not self._dial.stands:
                self._dial.stop()
                self._goal, self._goal_before_pause = None, self._goal
                self._changed.notify_all()

    def resume(self) -> None:
        """Let time go on from where it stands, as it went before."""
        with self._changed:
            if self._dial.stands:
                self._dial.go()
                self._goal, self._goal_before_pause = self._goal_before_pause, None
                self._changed.notify_all()

    def set_mode(self, mode: ClockMode) -> None:
        """Change how time passes, from this instant on."""
        if mode is ClockMode.PAUSED:
            self.pause()
            return
        with self._changed:
            self._dial.skips = mode is ClockMode.SKIP
            self.resume()
            self._changed.notify_all()

    def step(self, seconds: float | None = None) -> tuple[Due, ...]:
        """Advance a clock that stands; return the timers that fired, in order.

        Args:
            seconds: How far; without it, to the instant of the next timer, if there is one.

        Raises:
            ClockRuns: it does not stand.
        """
        with self._changed:
            if not self._dial.stands:
                raise ClockRuns("only a clock that stands takes steps: pause it first")
            # What works may yet set the timer that is to be the next.
            self._changed.wait_for(lambda: self._closed or not self._workload.holds)
            goal = self._agenda.first_due if seconds is None else self._dial.seconds + seconds
            if goal is None:
                return ()
            step = Step()
            self._steps.append(step)
            self._reach(goal)
            self._steps.remove(step)
            return tuple(step.fired)

    def close(self) -> None:
        """Stop the clock's thread, so that no timer fires any more; let work come to its end."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            for waiter in self._waiting:
                waiter.condition.notify_all()
            self._changed.wait_for(lambda: self._workload.tokens == 0, _CLOSING_SECONDS)

    def _wait(
        self, signal: Signal, seconds: float | None, *, pulls: bool, excused: int = 0
    ) -> bool:
        own = threading.Condition(self._lock)
        waiter = Waiter(own, self._workload.own_tokens, excused)
        signal.waiters.append(waiter)
        timer = self._timeout(waiter, seconds, pulls=pulls)
        self._workload.give_up(waiter)
        self._tell_if_idle()
        self._waiting.add(waiter)
        own.wait_for(lambda: waiter.woken or self._closed)
        self._waiting.remove(waiter)
        signal.waiters.remove(waiter)
        if not waiter.woken:
            # The thread that unwinds now gives back what it held.
            self._wake(waiter)
            raise ClockClosed
        if timer is not None:
            self.cancel(timer)
        return signal.is_set

    def _timeout(self, waiter: Waiter, seconds: float | None, *, pulls: bool) -> Timer | None:
        if seconds is None:
            return None
        due = self._dial.seconds + seconds
        name = threading.current_thread().name
        return self._schedule(due, lambda: self._wake(waiter), name, pulls=pulls)

    def _wake(self, waiter: Waiter) -> None:
        if not waiter.woken:
            waiter.woken = True
            self._workload.take_again(waiter)
            waiter.condition.notify_all()

    def _reach(self, goal: float) -> None:
        self._goal = max(goal, self._goal or goal)
        self._changed.notify_all()
        self._changed.wait_for(lambda: self._closed or self._is_quiet_at(goal))

    def _is_quiet_at(self, goal: float) -> bool:
        if self._workload.holds or self._dial.seconds < goal:
            return False
        # A timer of this very instant may still wait for its turn.
        first = self._agenda.first_due
        is_pulled = self.mode is ClockMode.SKIP and self._agenda.is_pulled
        return not is_pulled and (first is None or first > goal)

    def _take(self, tokens: int) -> None:
        with self._changed:
            self._workload.add(tokens)
            self._tell_if_idle()

    def _tell_if_idle(self) -> None:
        """Wake those who wait for it, now that nothing works; while anything does, none can act."""
        if not self._workload.holds:
            self._changed.notify_all()

    def _spawn(self, action: Action, name: str) -> None:
        self.spawn(action, name)

    def _schedule(self, due: float, action: Action, name: str, *, pulls: bool) -> Timer:
        with self._changed:
            timer = self._agenda.add(due, action, name, pulls=pulls)
            if due == self._agenda.first_due:
                # The clock's thread naps until then, whatever works.
                self._changed.notify_all()
            self._tell_if_idle()
            return timer

    def _run(self) -> None:
        with self._changed:
            while not self._closed:
                self._jump()
                timer = self._agenda.take(self._dial.seconds)
                if timer is None:
                    self._changed.wait(self._nap_seconds())
                    continue
                for step in self._steps:
                    step.fired.append(Due.of(timer))
                # Fired under the lock: whoever it wakes is at work before the next jump.
                timer.action()
                self._tell_if_idle()

    def _jump(self) -> None:
        if self._workload.holds:
            return
        target = self._jump_target()
        if target is not None and target > self._dial.seconds:
            self._dial.turn_to(target)
        if self._goal is not None and self._dial.seconds >= self._goal:
            self._goal = None
            self._changed.notify_all()

    def _jump_target(self) -> float | None:
        first = self._agenda.first_due
        if first is not None and self.mode is ClockMode.SKIP and self._agenda.is_pulled:
            return first
        if self._goal is None:
            return None
        return self._goal if first is None else min(first, self._goal)

    def _nap_seconds(self) -> float | None:
        first = self._agenda.first_due
        if first is None or self._dial.stands:
            return None
        return max(0.0, first - self._dial.seconds)
