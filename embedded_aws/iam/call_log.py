"""What was called, by whom, and why it was allowed or not: the last calls of an instance."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

_KEPT_CALLS = 50_000
# By what the calls of a log may be told apart.
FILTERS = frozenset(
    {"caller", "principal", "service", "operation", "error_code", "status", "action"}
)


@dataclass(frozen=True)
class Judgement:
    """One action on one resource, and what decided it.

    Attributes:
        decision: ``allowed``, ``denied``, or ``not evaluated`` for the embedded AWS itself.
        policy: The ARN of a managed policy or of a resource; an inline policy's name behind
            its owner's ARN; nothing where no statement decided.
        statement: Its Sid, or its index within the policy.
        is_sole: Whether nothing else would have allowed it: without that statement, it is denied.
    """

    action: str
    resource: str
    decision: str
    policy: str | None = None
    statement: str | None = None
    is_sole: bool = False


@dataclass(frozen=True)
class CallRecord:
    """One call, whether it was let through or not.

    Attributes:
        at: When it came in, on the virtual clock.
        caller: The caller's ARN, as GetCallerIdentity tells it.
        principal: The user's or role's ARN, which a session's calls share.
        status: The HTTP status of the answer, or nothing when no answer was sent.
    """

    at: datetime
    caller: str
    principal: str
    service: str
    operation: str
    judgements: tuple[Judgement, ...]
    error_code: str | None = None
    status: int | None = None

    def as_json(self) -> dict[str, Any]:
        """For the control plane."""
        return {**asdict(self), "at": self.at.isoformat()}


@dataclass(frozen=True)
class Use:
    """By whom one action was allowed or denied, by which statement, on whatever resources."""

    principal: str
    action: str
    decision: str
    policy: str | None
    statement: str | None
    is_sole: bool


class CallLog(Sequence[CallRecord]):
    """The last 50,000 calls, oldest first; a snapshot for whoever reads it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._records: deque[CallRecord] = deque(maxlen=_KEPT_CALLS)
        self._uses: dict[Use, str] = {}

    def add(self, record: CallRecord) -> None:
        """Keep a call."""
        with self._lock:
            self._records.append(record)
            for judged in record.judgements:
                self._uses.setdefault(_use(record, judged), judged.resource)

    def uses(self) -> list[dict[str, Any]]:
        """What all calls since the start came to, each with the first resource that it was of."""
        with self._lock:
            return [{**asdict(use), "resource": first} for use, first in self._uses.items()]

    def matching(self, **wanted: str) -> list[CallRecord]:
        """Calls whose members equal what is wanted; ``action`` is that of any judgement."""
        action = wanted.pop("action", None)
        return [
            record
            for record in self
            if all(str(getattr(record, name)) == value for name, value in wanted.items())
            and (action is None or action in {judged.action for judged in record.judgements})
        ]

    def clear(self) -> None:
        """Forget all calls."""
        with self._lock:
            self._records.clear()
            self._uses.clear()

    def __iter__(self) -> Iterator[CallRecord]:
        """The calls so far."""
        with self._lock:
            return iter(tuple(self._records))

    def __len__(self) -> int:
        """How many calls are kept."""
        return len(self._records)

    def __getitem__(self, index: Any) -> Any:  # noqa: ANN401  # as of any sequence
        """One call, or a slice of them."""
        with self._lock:
            return tuple(self._records)[index]


def _use(record: CallRecord, judged: Judgement) -> Use:
    return Use(
        principal=record.principal,
        action=judged.action,
        decision=judged.decision,
        policy=judged.policy,
        statement=judged.statement,
        is_sole=judged.is_sole,
    )
