"""Tells whoever reads a queue that a message is in it: polling would drive the virtual clock.

AWS Lambda polls its event sources. Here a reader sleeps until the queue has something for it,
so that a jump over a day does not cost a day's worth of empty receives.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from moto.core.utils import unix_time_millis
from moto.sqs.models import Queue

# How many seconds from now the message can be received.
Listener = Callable[[float], None]
_STOCK_ADD = Queue.add_message
_LOCK = threading.Lock()
_LISTENERS: dict[str, list[Listener]] = {}


def apply() -> None:
    """Call the listeners of a queue for each message."""
    Queue.add_message = _add_message


def listen(queue_arn: str, listener: Listener) -> Callable[[], None]:
    """Call ``listener`` for each message of a queue, until the returned function is called."""
    with _LOCK:
        _LISTENERS.setdefault(queue_arn, []).append(listener)

    def stop() -> None:
        with _LOCK:
            _LISTENERS[queue_arn].remove(listener)

    return stop


def _add_message(self: Any, message: Any) -> None:  # noqa: ANN401  # moto's queue and message
    _STOCK_ADD(self, message)
    with _LOCK:
        listeners = list(_LISTENERS.get(self.queue_arn, ()))
    delay_seconds = max(0.0, (message.delayed_until - unix_time_millis()) / 1000)
    for listener in listeners:
        listener(delay_seconds)
