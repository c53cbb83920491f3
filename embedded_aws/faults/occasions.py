"""Which of the calls that a fault matches it strikes: the calls are counted from 1."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Protocol


class Occasion(Protocol):
    """A rule about call numbers; the same numbers always give the same answers."""

    def includes(self, number: int) -> bool:
        """Whether the fault strikes the call of this number."""
        ...


@dataclass(frozen=True)
class Always:
    """Every matching call."""

    def includes(self, number: int) -> bool:
        """Always."""
        return number > 0


@dataclass(frozen=True)
class Numbered:
    """The calls of these very numbers."""

    numbers: frozenset[int]

    def includes(self, number: int) -> bool:
        """Whether the number is one of them."""
        return number in self.numbers


@dataclass(frozen=True)
class First:
    """The first calls."""

    count: int

    def includes(self, number: int) -> bool:
        """Whether the number is not beyond them."""
        return number <= self.count


@dataclass(frozen=True)
class Every:
    """One call in so many."""

    step: int

    def includes(self, number: int) -> bool:
        """Whether the number is a multiple."""
        return number % self.step == 0


@dataclass(frozen=True)
class Chance:
    """Each call with a probability; the seed and the call's number decide, nothing else."""

    probability: float
    seed: int

    def includes(self, number: int) -> bool:
        """Whether the draw of this number falls below the probability."""
        draw = random.Random(f"{self.seed}:{number}").random()  # noqa: S311  # no secret
        return draw < self.probability
