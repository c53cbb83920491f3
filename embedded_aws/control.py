"""The control plane under /_embedded/: the virtual clock, for drivers and tests."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from embedded_aws.clock import Clock


class ControlPlane:
    """``GET /_embedded/clock`` tells the time; ``POST {"advance_to": <ISO 8601>}`` moves it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer one request with JSON."""
        request = Request(environ)
        status, answer = self._route(request)
        return Response(json.dumps(answer), status, content_type="application/json")(environ, start)

    def _route(self, request: Request) -> tuple[int, dict[str, Any]]:
        match request.method, request.path:
            case "GET", "/_embedded/clock":
                return 200, {"now": self._clock.now().isoformat()}
            case "POST", "/_embedded/clock":
                return self._advance(request)
            case _:
                return 404, {"error": f"no {request.method} {request.path} in the control plane"}

    def _advance(self, request: Request) -> tuple[int, dict[str, Any]]:
        try:
            when = datetime.fromisoformat(json.loads(request.get_data())["advance_to"])
        except (KeyError, TypeError, ValueError) as malformed:
            return 400, {"error": f'want {{"advance_to": "<ISO 8601 with offset>"}}: {malformed}'}
        if when.tzinfo is None:
            return 400, {"error": f"{when.isoformat()} has no UTC offset; add one, such as Z"}
        self._clock.advance_to(when)
        return 200, {"now": self._clock.now().isoformat()}
