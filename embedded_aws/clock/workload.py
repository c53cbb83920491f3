"""Who is at work: as long as somebody is, time does not jump."""

from __future__ import annotations

import threading

from embedded_aws.clock.waiting import Waiter


class Workload:
    """Counts work by tokens, one each time a thread begins; not thread-safe."""

    def __init__(self) -> None:
        self.tokens = 0
        self._stalled: list[Waiter] = []
        self._own = threading.local()

    @property
    def own_tokens(self) -> int:
        """How many of the tokens are the calling thread's."""
        return getattr(self._own, "tokens", 0)

    @own_tokens.setter
    def own_tokens(self, tokens: int) -> None:
        self._own.tokens = tokens

    @property
    def holds(self) -> bool:
        """Whether anything works but what waits for a stalled thread."""
        return self.tokens > max((waiter.excused for waiter in self._stalled), default=0)

    def add(self, tokens: int) -> None:
        """Begin work, or end it where ``tokens`` is negative."""
        self.tokens += tokens
        for waiter in self._stalled:
            waiter.excused = min(waiter.excused, self.tokens)

    def give_up(self, waiter: Waiter) -> None:
        """Count the work of a thread that waits, and what it excuses, no more."""
        if waiter.excused:
            self._stalled.append(waiter)
        self.add(-waiter.tokens)

    def take_again(self, waiter: Waiter) -> None:
        """Count the work of a thread that is woken again."""
        if waiter in self._stalled:
            self._stalled.remove(waiter)
        self.add(waiter.tokens)
