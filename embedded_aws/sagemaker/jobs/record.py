"""What is known of one job: the document that Describe answers with."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Mapping
from typing import Any

from embedded_aws.clock import Clock

ENDED = frozenset({"Completed", "Failed", "Stopped"})


class JobRecord:
    """A job's Describe output; thread-safe, and values handed out are copies.

    ``when_changed`` is told the document whenever a status in it is another one.
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
            return copy.deepcopy(self._document)

    def update(self, **members: Any) -> None:  # noqa: ANN401  # members of the Describe output
        """Set members, all at once for every reader."""
        with self._lock:
            before = self._statuses()
            self._document |= {**members, "LastModifiedTime": self._clock.now()}
            if self._statuses() != before:
                self._when_changed(copy.deepcopy(self._document))

    def _statuses(self) -> tuple[object, ...]:
        # Of one status after itself, a retry's, the history tells.
        history = self._document.get("SecondaryStatusTransitions", ())
        return self._document[f"{self.noun}JobStatus"], len(history)
