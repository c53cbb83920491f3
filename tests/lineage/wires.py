"""What may happen between a client and AWS: calls are counted, cut off, repeated, overtaken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from lineage.clients import Clients

Call = Callable[..., Any]
LINEAGE_WORDS = ("artifact", "action", "context", "association", "lineage")


class Killed(Exception):
    """The writer's process ended at this point."""


@dataclass
class Wire:
    """What happens to each call of the clients made by `through`; here it is only counted."""

    made: Counter[str] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    def through(self, clients: Clients) -> Clients:
        """The clients with this wire between them and AWS."""
        return Clients(_Wired(clients.sagemaker, self), _Wired(clients.s3, self))

    def carry(self, name: str, call: Call, request: dict[str, Any]) -> Any:
        """Make a call."""
        with self._lock:
            self.made[name] += 1
        return call(**request)

    @property
    def lineage_calls(self) -> int:
        """How many calls of the lineage API were made."""
        return sum(
            n for name, n in self.made.items() if name.endswith(LINEAGE_WORDS) or _lists(name)
        )


def _lists(name: str) -> bool:
    return name in {"list_artifacts", "list_associations"}


@dataclass
class CutWire(Wire):
    """Ends the process right after a number of calls; the last one's answer is lost."""

    life: int = 0

    def carry(self, name: str, call: Call, request: dict[str, Any]) -> Any:
        with self._lock:
            if self.made.total() == self.life:
                raise Killed(name)
            self.made[name] += 1
            answer = call(**request)
            if self.made.total() == self.life:
                raise Killed(name)
        return answer


@dataclass
class CutOff(Wire):
    """Ends the process when it has written a number of objects: a record, and its switches."""

    objects: int = 0

    def carry(self, name: str, call: Call, request: dict[str, Any]) -> Any:
        if name == "put_object" and self.made[name] == self.objects:
            raise Killed
        return super().carry(name, call, request)


@dataclass
class EchoingWire(Wire):
    """Loses the first answer to every write, so that botocore makes the call again."""

    def carry(self, name: str, call: Call, request: dict[str, Any]) -> Any:
        if name.startswith(("create_", "add_", "update_", "put_")):
            call(**request)
        return super().carry(name, call, request)


@dataclass
class HookedWire(Wire):
    """Lets something happen before the first call of a name."""

    hooks: dict[str, Callable[[], object]] = field(default_factory=dict)

    def carry(self, name: str, call: Call, request: dict[str, Any]) -> Any:
        with self._lock:
            hook = self.hooks.pop(name, None)
        if hook:
            hook()
        return super().carry(name, call, request)


class _Wired:
    def __init__(self, client: Any, wire: Wire) -> None:
        self._client = client
        self._wire = wire

    def __getattr__(self, name: str) -> Call:
        call = getattr(self._client, name)
        return lambda **request: self._wire.carry(name, call, request)
