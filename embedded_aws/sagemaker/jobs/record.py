"""What is known of one job: the document that Describe answers with."""

from __future__ import annotations

import copy
import threading
from typing import Any

from embedded_aws.clock import Clock

ENDED = frozenset({"Completed", "Failed", "Stopped"})


class JobRecord:
    """A job's Describe output; thread-safe, and values handed out are copies."""

    def __init__(self, noun: str, clock: Clock, document: dict[str, Any]) -> None:
        self.noun = noun
        self.name: str = document[f"{noun}JobName"]
        self.arn: str = document[f"{noun}JobArn"]
        self._clock = clock
        self._lock = threading.Lock()
        now = clock.now()
        self._document = {**document, "CreationTime": now, "LastModifiedTime": now}

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
            self._document |= {**members, "LastModifiedTime": self._clock.now()}
