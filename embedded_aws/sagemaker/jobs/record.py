"""What is known of one job: the document that Describe answers with."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from embedded_aws.clock import Clock

ENDED = frozenset({"Completed", "Failed", "Stopped"})


class JobRecord:
    """A job's Describe output; thread-safe.

    Every change makes another document, and nothing within one is ever changed: what is handed
    out stays as it was. ``when_changed`` is told it whenever a status in it is another one.
    """

    def __init__(
        self,
        noun: str,
        clock: Clock,
        document: dict[str, Any],
        when_changed: Callable[[Mapping[str, Any]], None],
    ) -> None:
        self.noun = noun
        self.name: str = document[f"{noun}JobName"]
        self.arn: str = document[f"{noun}JobArn"]
        self._clock = clock
        self._lock = threading.Lock()
        self._document = document
        self._when_changed = when_changed
        when_changed(self.describe())

    @property
    def status(self) -> str:
        """The job's status, such as ``InProgress``."""
        with self._lock:
            return str(self._document[f"{self.noun}JobStatus"])

    @property
    def has_ended(self) -> bool:
        """Whether the status is final."""
        return self.status in ENDED

    def describe(self) -> dict[str, Any]:
        """The whole document."""
        with self._lock:
            return dict(self._document)

    def update(self, **members: Any) -> None:  # noqa: ANN401  # members of the Describe output
        """Set members, all at once for every reader."""
        with self._lock:
            before = self._statuses()
            now = self._clock.now()
            self._document = {**self._document, **members, "LastModifiedTime": now}
            if self._statuses() != before:
                self._when_changed(self._document)

    def _statuses(self) -> tuple[object, ...]:
        # Of one status after itself, a retry's, the history tells.
        history = self._document.get("SecondaryStatusTransitions", ())
        return self._document[f"{self.noun}JobStatus"], len(history)
