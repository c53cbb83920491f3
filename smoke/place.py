"""Where the smoke test runs: an account of AWS, or the embedded AWS, whose time it must move."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar

from demo.local_aws import LocalAws

Answer = TypeVar("Answer")
NO_CAPACITY = {
    "name": "no capacity",
    "service": "sagemaker",
    "operation": "CreateProcessingJob",
    "effect": {"delay_job": {"seconds": 3600}},
}


class NeverHappened(RuntimeError):
    """What should have happened by now has not; the message says what was waited for."""


class Place(Protocol):
    """What differs between the two."""

    @property
    def config_env(self) -> str:
        """The environment of samconfig.toml."""
        ...

    @property
    def variables(self) -> Mapping[str, str]:
        """What clients need in their environment besides."""
        ...

    def now(self) -> datetime:
        """What time it is there."""
        ...

    def wait(self) -> None:
        """Let half a minute pass."""
        ...

    def lasting_jobs(self) -> AbstractContextManager[None]:
        """See that processing jobs which begin meanwhile can be stopped before they end."""
        ...


@dataclass(frozen=True)
class Account:
    """An account, by the credentials and the region of the environment."""

    config_env: str = "default"

    @property
    def variables(self) -> Mapping[str, str]:
        """Nothing but what is there."""
        return {}

    def now(self) -> datetime:
        """Everybody's time."""
        return datetime.now(UTC)

    def wait(self) -> None:
        """Sleep."""
        time.sleep(30)

    def lasting_jobs(self) -> AbstractContextManager[None]:
        """A job takes minutes to begin."""
        return nullcontext()


@dataclass(frozen=True)
class Embedded:
    """An embedded AWS that serves: its clock is moved, and its jobs wait for capacity."""

    aws: LocalAws
    config_env: str = "local"

    @property
    def variables(self) -> Mapping[str, str]:
        """Its endpoint, and dummy keys."""
        return self.aws.variables

    def now(self) -> datetime:
        """The virtual instant."""
        return datetime.fromisoformat(self._control("clock", "GET")["now"])

    def wait(self) -> None:
        """Returns when everything that fell due on the way is done."""
        self.aws.advance_to(self.now() + timedelta(seconds=30))

    @contextmanager
    def lasting_jobs(self) -> Iterator[None]:
        """The clock stands, so that nobody waits in vain for the capacity that is not there."""
        self._control("faults", "POST", {"faults": [NO_CAPACITY]})
        self._control("clock", "POST", {"pause": True})
        try:
            yield
        finally:
            self._control("faults?name=no%20capacity", "DELETE")
            self._control("clock", "POST", {"resume": True})

    def _control(self, what: str, method: str, body: object = None) -> Any:  # noqa: ANN401  # JSON
        request = urllib.request.Request(  # noqa: S310  # a loopback URL that we made
            f"{self.aws.url}/_embedded/{what}",
            None if body is None else json.dumps(body).encode(),
            method=method,
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310  # as above
            return json.loads(answer.read() or "{}")


def until(place: Place, what: str, ask: Callable[[], Answer | None], minutes: int) -> Answer:
    """Ask until there is an answer; return it.

    Raises:
        NeverHappened: there was none in all the time.
    """
    for _ in range(2 * minutes):
        answer = ask()
        if answer:
            return answer
        place.wait()
    raise NeverHappened(f"no {what} within {minutes} minutes")
