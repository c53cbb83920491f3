"""One thing that is wrong with a definition."""

from __future__ import annotations

from dataclasses import dataclass

SCHEMA = "SCHEMA_VALIDATION_FAILED"
TRANSITION = "MISSING_TRANSITION_TARGET"
NOT_JSON = "INVALID_JSON_DESCRIPTION"


@dataclass(frozen=True)
class Problem:
    """A diagnostic: AWS's code, a message, and where, as in ``/States/Train/Resource``."""

    code: str
    message: str
    location: str

    def as_api(self) -> dict[str, str]:
        """As ValidateStateMachineDefinition returns it."""
        return {
            "severity": "ERROR",
            "code": self.code,
            "message": self.message,
            "location": self.location,
        }

    def __str__(self) -> str:
        """As InvalidDefinition lists it."""
        return f"{self.code}: {self.message} at {self.location}"
