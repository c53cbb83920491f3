"""Sends things to other services in order, behind the back of whatever they are about."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from embedded_aws.clock import Clock

_Item = TypeVar("_Item")
_LOGGER = logging.getLogger(__name__)


class Outbox(Generic[_Item]):
    """Hands items to ``deliver``, as many at a time as have come together.

    Delivery is best effort, as on AWS: what a service refuses is lost. There is a thread only
    while there is something to deliver; an error that nobody foresaw ends one thread, and what
    has come meanwhile gets another.
    """

    def __init__(self, clock: Clock, name: str, deliver: Callable[[list[_Item]], None]) -> None:
        self._clock = clock
        self._name = name
        self._deliver = deliver
        self._items: list[_Item] = []
        self._is_delivering = False
        self._lock = threading.Lock()

    def post(self, item: _Item) -> None:
        """Deliver an item soon, after those before it."""
        with self._lock:
            self._items.append(item)
            if self._is_delivering:
                return
            self._is_delivering = True
        self._clock.spawn(self._work, self._name)

    def _work(self) -> None:
        while items := self._take():
            try:
                self._deliver(items)
            except (BotoCoreError, ClientError) as refused:
                _LOGGER.warning("%s lost %d items: %s", self._name, len(items), refused)
            except Exception:
                self._clock.spawn(self._work, self._name)
                raise

    def _take(self) -> list[_Item]:
        with self._lock:
            items, self._items = self._items, []
            self._is_delivering = bool(items)
            return items
