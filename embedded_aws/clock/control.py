"""The clock in the control plane: what time it is, what is due, and the levers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from embedded_aws.clock import Clock, ClockMode, ClockRuns, Due
from embedded_aws.control_errors import Refused

if TYPE_CHECKING:
    from werkzeug.wrappers import Request

PATH = "/_embedded/clock"
_SHOWN_TIMERS = 20
_WANTED = (
    'want one of {"advance_to": "<ISO 8601 with offset>"}, {"pause": true}, {"resume": true}, '
    '{"step": <seconds, or null for the next timer>}, {"mode": "skip", "real" or "paused"}'
)


class ClockControl:
    """``GET`` tells; ``POST`` of one lever moves, and answers when everything is quiet."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._levers: Mapping[str, Callable[[Any], Mapping[str, Any]]] = {
            "advance_to": self._advance,
            "pause": lambda _: self._set(ClockMode.PAUSED),
            "resume": self._resume,
            "step": self._step,
            "mode": self._change,
        }

    def routes(self) -> Mapping[tuple[str, str], Callable[[Request], Mapping[str, Any]]]:
        """What may be asked."""
        return {("GET", PATH): lambda _: self._told(), ("POST", PATH): self._moved}

    def _told(self) -> dict[str, Any]:
        timers = self._clock.timers()[:_SHOWN_TIMERS]
        return {
            "now": self._clock.now().isoformat(),
            "mode": self._clock.mode,
            "timers": [_shown(due) for due in timers],
        }

    def _moved(self, request: Request) -> Mapping[str, Any]:
        try:
            asked = json.loads(request.get_data())
        except ValueError as malformed:
            raise Refused(f"{_WANTED}: {malformed}") from malformed
        if not isinstance(asked, dict) or len(asked) != 1 or not asked.keys() <= set(self._levers):
            raise Refused(_WANTED)
        ((lever, value),) = asked.items()
        return self._levers[lever](value)

    def _advance(self, text: object) -> Mapping[str, Any]:
        try:
            when = datetime.fromisoformat(str(text))
        except ValueError as malformed:
            raise Refused(f"{_WANTED}: {malformed}") from malformed
        if when.tzinfo is None:
            raise Refused(f"{when.isoformat()} has no UTC offset; add one, such as Z")
        if when < self._clock.start_at:
            # A later instant that is reached already is how drivers wait until all is quiet.
            began = self._clock.start_at.isoformat()
            raise Refused(f"{when.isoformat()} is before this clock began, at {began}")
        self._clock.advance_to(when)
        return self._told()

    def _step(self, seconds: object) -> Mapping[str, Any]:
        if (
            isinstance(seconds, bool)
            or not isinstance(seconds, int | float | None)
            or _past(seconds)
        ):
            raise Refused(_WANTED)
        try:
            fired = self._clock.step(seconds)
        except ClockRuns as runs:
            raise Refused(str(runs), status=409) from runs
        return {**self._told(), "fired": [_shown(due) for due in fired]}

    def _change(self, mode: object) -> Mapping[str, Any]:
        try:
            return self._set(ClockMode(str(mode)))
        except ValueError as unknown:
            raise Refused(f"{_WANTED}: {unknown}") from unknown

    def _set(self, mode: ClockMode) -> Mapping[str, Any]:
        self._clock.set_mode(mode)
        return self._told()

    def _resume(self, _: object) -> Mapping[str, Any]:
        self._clock.resume()
        return self._told()


def _past(seconds: float | None) -> bool:
    return seconds is not None and seconds < 0


def _shown(due: Due) -> dict[str, Any]:
    return {"due": due.at.isoformat(), "name": due.name, "pulls": due.pulls}
