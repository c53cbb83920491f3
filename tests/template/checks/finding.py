"""What a check says is wrong, and where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        where: The members that lead to it, with slashes.
        what: The rule that is broken, or a sentence.
    """

    where: str
    what: str

    def __str__(self) -> str:
        """For a failed assertion."""
        return f"{self.where}: {self.what}"
