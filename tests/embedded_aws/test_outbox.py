"""What is posted goes out, whatever became of what was posted before."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from botocore.exceptions import ConnectionClosedError

from embedded_aws.clock import Clock
from embedded_aws.outbox import Outbox

REFUSED = ConnectionClosedError(endpoint_url="http://localhost")


@pytest.fixture
def clock() -> Iterator[Clock]:
    clock = Clock(datetime(2026, 11, 1, tzinfo=UTC))
    yield clock
    clock.close()


@pytest.mark.parametrize("failure", [REFUSED, ZeroDivisionError("unforeseen")])
def test_a_failure_holds_up_nothing_that_is_posted_meanwhile_or_later(
    clock: Clock, failure: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threading, "excepthook", lambda _told: None)
    delivered: list[str] = []
    threads: list[threading.Thread] = []

    def deliver(items: list[str]) -> None:
        threads.append(threading.current_thread())
        if items == ["bad"]:
            outbox.post("meanwhile")
            raise failure
        delivered.extend(items)

    outbox = Outbox[str](clock, "test", deliver)
    outbox.post("bad")
    clock.advance_to(clock.now())
    outbox.post("later")
    clock.advance_to(clock.now())
    for thread in threads:
        thread.join()

    assert delivered == ["meanwhile", "later"]
