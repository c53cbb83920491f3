"""Why a night cannot start; Step Functions shows and matches these class names, so they are API."""

from __future__ import annotations


class NightError(Exception):
    """A night that cannot go on; the message says what to do next."""


class InvalidInput(NightError):
    """The execution's input is not one by schema/night.json."""


class MissingPartitions(NightError):
    """Days of the night's windows have no partition."""


class EmptyPartition(NightError):
    """A partition has an object without content."""


class HistoryNotReady(NightError):
    """The history of an execution does not show the end yet that an event told of."""


class InvalidEvaluation(NightError):
    """evaluation.json is not one by schema/evaluation.json, so there is no AUC to decide on."""


class ChampionNotComparable(NightError):
    """The gate demands a comparison with the model in production, and there can be none."""
