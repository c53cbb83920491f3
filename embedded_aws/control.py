"""The control plane under /_embedded/: the virtual clock and the faults, for drivers and tests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from embedded_aws.control_errors import Refused

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Answer = Mapping[str, Any]
Route = Callable[[Request], Answer]


class ControlPlane:
    """Answers JSON by method and path; what belongs to a path is its owner's to say."""

    def __init__(self, *parts: Mapping[tuple[str, str], Route]) -> None:
        self._routes = {key: route for part in parts for key, route in part.items()}

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        status, answer = self._answer(request)
        return Response(json.dumps(answer), status, content_type="application/json")(environ, start)

    def _answer(self, request: Request) -> tuple[int, Answer]:
        try:
            return 200, self._route(request)(request)
        except Refused as refused:
            return refused.status, {"error": str(refused)}

    def _route(self, request: Request) -> Route:
        found = self._routes.get((request.method, request.path))
        if found is None:
            message = f"no {request.method} {request.path} in the control plane"
            raise Refused(message, status=404)
        return found
