"""Why a rollout cannot start yet, or at all; Step Functions matches these class names."""

from __future__ import annotations


class RolloutError(Exception):
    """A rollout that cannot go on; the message says what to do next."""


class InvalidRollout(RolloutError):
    """The execution's input, or the package that it names, is none that can be rolled out."""


class EndpointBusy(RolloutError):
    """The endpoint is changing, or an earlier rollout is not through; it passes by itself."""


class EndpointNotAnswering(RolloutError):
    """The endpoint answered a request with an error that may pass, as a cold start's does."""
