"""One thing that is wrong with a definition."""

from __future__ import annotations

from dataclasses import dataclass

SCHEMA = "SCHEMA_VALIDATION_FAILED"
TRANSITION = "MISSING_TRANSITION_TARGET"
END = "MISSING_END_STATE"
# Quoted from AWS in aws-cloudformation/cfn-lint issue 3616.
DUPLICATE = "DUPLICATE_STATE_NAME"
NOT_JSON = "INVALID_JSON_DESCRIPTION"
# Quoted from AWS in floci-io/floci issues 2670 and 2745, and in anomalyco/sst issue 6110.
INVALID_JSONATA = "INVALID_JSONATA_EXPRESSION"
UNSUPPORTED_JSONATA = "UNSUPPORTED_JSONATA_EXPRESSION"


@dataclass(frozen=True)
class Problem:
    """A diagnostic: AWS's code, a message, and where, as in ``/States/Train/Resource``.

    Attributes:
        location: None for what concerns the definition as a whole.
    """

    code: str
    message: str
    location: str | None

    def as_api(self) -> dict[str, str]:
        """As ValidateStateMachineDefinition returns it; AWS has warnings too, we none."""
        location = {} if self.location is None else {"location": self.location}
        return {"severity": "ERROR", "code": self.code, "message": self.message, **location}

    def __str__(self) -> str:
        """As InvalidDefinition lists it: AWS writes null where there is no location."""
        return f"{self.code}: {self.message} at {self.location or 'null'}"
