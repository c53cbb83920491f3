"""Several hosts train one model: XGBoost's own collective, led by the first host's tracker.

As in the public sagemaker-xgboost-container, the hosts meet twice: all of them to tell who has
data, then those to train. They find each other in a folder instead of on a network: the first
one writes where its tracker listens, since on one machine every job needs a port of its own.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from xgboost import collective
from xgboost.core import XGBoostError
from xgboost.tracker import RabitTracker

from embedded_aws.sagemaker.jobs.algorithms.errors import AlgorithmError

_LOOPBACK = "127.0.0.1"
_LOOK_SECONDS = 0.02
# The container allows 30 seconds, between machines that have nothing else to do.
_PATIENCE_SECONDS = 600
_FAREWELL_SECONDS = 5


@dataclass(frozen=True)
class Fleet:
    """Some hosts of a job in order, and which of them this is."""

    hosts: tuple[str, ...]
    current: str
    network: Path

    @property
    def is_alone(self) -> bool:
        """Whether there is nobody to train with."""
        return len(self.hosts) == 1

    @property
    def is_master(self) -> bool:
        """Whether this host leads, and saves the model."""
        return self.current == self.hosts[0]

    def with_data(self, *, has_data: bool) -> Fleet:
        """The hosts that have data, once every host has told.

        Raises:
            AlgorithmError: a host was lost meanwhile.
        """
        mine = json.dumps([self.current, has_data])
        with self.joined("all-hosts"):
            told = dict(json.loads(collective.broadcast(mine, rank)) for rank in self._ranks)
        return Fleet(tuple(host for host in self.hosts if told[host]), self.current, self.network)

    @contextmanager
    def joined(self, meeting: str) -> Iterator[None]:
        """Be one of the collective's workers; a host's rank is its place in the order.

        Raises:
            AlgorithmError: a host was lost meanwhile.
        """
        if self.is_alone:
            yield
            return
        place = self.network / meeting
        tracker = self._tracker(place) if self.is_master else None
        try:
            with self._communicator(place):
                yield
        except XGBoostError as lost:
            raise AlgorithmError(f"Collective failed on {self.current}:\n {lost}") from lost
        finally:
            if tracker is not None:
                _end(tracker)

    @property
    def _ranks(self) -> range:
        return range(len(self.hosts))

    def _tracker(self, place: Path) -> RabitTracker:
        tracker = RabitTracker(n_workers=len(self.hosts), host_ip=_LOOPBACK, sortby="task")
        tracker.start()
        unfinished = place.with_suffix(".part")
        unfinished.write_text(json.dumps(tracker.worker_args()), encoding="utf-8")
        unfinished.rename(place)
        return tracker

    def _communicator(self, place: Path) -> collective.CommunicatorContext:
        # A host that waits in vain is ended with the one that failed.
        while not place.exists():
            time.sleep(_LOOK_SECONDS)
        return collective.CommunicatorContext(
            **json.loads(place.read_text(encoding="utf-8")),
            dmlc_task_id=str(self.hosts.index(self.current)),
            dmlc_timeout=_PATIENCE_SECONDS,
        )


def _end(tracker: RabitTracker) -> None:
    # After a failure there may be nobody left to say goodbye to.
    with suppress(ValueError, XGBoostError):
        tracker.wait_for(timeout=_FAREWELL_SECONDS)
    with suppress(XGBoostError):
        tracker.free()
