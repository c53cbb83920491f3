"""All static checks by name, those apart that take seconds whatever they are asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from tests.template.checks import (
    arguments,
    definitions,
    linter,
    policies,
    principals,
    schedules,
    sources,
    storage,
)
from tests.template.checks.finding import Finding
from tests.template.project import Project

Check = Callable[[Project], Iterator[Finding]]

CHECKS: Mapping[str, Check] = {
    "action-names": policies.spelled,
    "arguments": arguments.modelled,
    "confused-deputy": principals.bound,
    "create-state-machine": definitions.valid,
    "error-names": definitions.caught,
    "kept": storage.kept,
    "logs": storage.forgotten,
    "machine-roles": policies.sufficient,
    "parliament": policies.linted,
    "pass-role": policies.passed,
    "principals": principals.existing,
    "private-storage": storage.private,
    "schedule-names": schedules.named,
    "schedules": schedules.scheduled,
    "sources": sources.present,
    "substitutions": definitions.substituted,
    "timeouts": definitions.bounded,
    "transform": linter.transformable,
    "variables": definitions.assigned,
}
LINT, SECOND_OPINION = "cfn-lint", "asl-validator"
"""These get all of their defects at once, each of which must be told at its own place."""
