"""Client tokens: a request that is repeated under one is answered as the first time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from embedded_aws.gateway.service import ServiceError


class Tokens:
    """The tokens of one operation, and what was done under each.

    For how long AWS remembers a token is not documented; here, it is for ever.
    """

    def __init__(self) -> None:
        self._done: dict[str, tuple[Mapping[str, Any], str]] = {}

    def result(self, token: str | None, request: Mapping[str, Any]) -> str | None:
        """What a request came to when it was made under this token; None if it was not.

        Raises:
            ServiceError: ``ConflictException`` when the token came with another request (API
                model; which requests conflict is undocumented).
        """
        if token is None or token not in self._done:
            return None
        first_request, result = self._done[token]
        if request != first_request:
            message = f"The client token {token} was used with other parameters."
            raise ServiceError("ConflictException", message)
        return result

    def keep(self, token: str | None, request: Mapping[str, Any], result: str) -> None:
        """Remember what was done; nothing without a token."""
        if token is not None:
            self._done[token] = (request, result)
