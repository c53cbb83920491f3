"""What a stack's things are called, whether the stack is still there or was deleted already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from ops.clients import CloudFormation
from ops.errors import NoSuchStack
from ops.rollouts import version_of
from ops.stack import Stack


@dataclass(frozen=True)
class Estate:
    """The names by which a stack's things are found.

    Attributes:
        stack: Its outputs; None once it was deleted, when only what rollouts made can be left.
    """

    stack_name: str
    stack: Stack | None

    @classmethod
    def find(cls, cloudformation: CloudFormation, stack_name: str) -> Self:
        """Of the stack of a name, or of what it left behind."""
        try:
            return cls(stack_name, Stack.find(cloudformation, stack_name))
        except NoSuchStack:
            return cls(stack_name, None)

    @property
    def endpoint_names(self) -> Mapping[str, str]:
        """What the endpoints are for, and their names, as the template makes them."""
        return {role: f"{self.stack_name}-{role}" for role in ("production", "candidate")}

    @property
    def schedule_names(self) -> tuple[str, ...]:
        """Whatever starts something by itself, as the template names it."""
        return (f"{self.stack_name}-nightly", f"{self.stack_name}-prune-lineage")

    @property
    def job_prefixes(self) -> tuple[str, ...]:
        """What the names of the nights' jobs begin with."""
        return tuple(f"{self.stack_name}-{step}-" for step in ("featurise", "train", "evaluate"))

    def is_of_a_rollout(self, name: str, endpoint_name: str) -> bool:
        """Whether a model or a configuration was made by a rollout to an endpoint of this stack."""
        return version_of(name, endpoint_name) is not None
