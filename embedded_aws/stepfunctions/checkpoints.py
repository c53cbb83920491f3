"""Where an execution stood when it ended: what a redrive goes on from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from embedded_aws.stepfunctions.documents import Json


@dataclass(frozen=True)
class Finished:
    """A strand that succeeded: its output is kept, it does not run again."""

    output: Json


@dataclass(frozen=True)
class Checkpoint:
    """A strand that did not: it enters ``state`` again.

    Attributes:
        variables: Those of the strand's own scope.
        branches: For a Parallel or Map, its branches or iterations by index.
    """

    state: str
    input: Json
    variables: Mapping[str, Json] = field(default_factory=dict)
    branches: Mapping[int, Checkpoint | Finished] = field(default_factory=dict)
