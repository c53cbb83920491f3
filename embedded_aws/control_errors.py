"""How the control plane says no."""

from __future__ import annotations


class Refused(ValueError):
    """A request to the control plane that cannot be done; the message says what to send."""

    def __init__(self, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.status = status
