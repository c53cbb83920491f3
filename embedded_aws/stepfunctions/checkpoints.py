"""What a strand starts from, and where it stood when its execution ended."""

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


@dataclass(frozen=True)
class Origin:
    """What a strand starts from.

    Attributes:
        last_event_id: The event that its first one names as its previous.
        variables: Those of the scopes around it, which it reads but cannot assign.
        context: What it adds to the context object: ``Map.Item``.
        resumed: Where it stood before a redrive.
    """

    last_event_id: int = 0
    variables: Mapping[str, Json] = field(default_factory=dict)
    context: Mapping[str, Json] = field(default_factory=dict)
    resumed: Checkpoint | None = None
