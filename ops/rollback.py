"""Finds the way back: the package that production is to serve again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lineage.errors import UnknownPackage
from lineage.rollouts.switch_log import SwitchLog
from lineage.rollouts.switches import iso_milliseconds
from lineage.vocabulary import Trigger
from ops.endpoints import Period, periods, served_before
from ops.errors import NotRolledBack
from ops.promotion import Promotion
from ops.registry import Package, Verdict, find, require_acceptable
from ops.rollouts import Rollout, listed
from ops.stack import Stack

_TO_ANOTHER = "To any approved one: nightly rollback --to VERSION --comment ..."


@dataclass(frozen=True)
class Rollback:
    """A way back: what is to serve no longer, and what shall.

    Attributes:
        unnamed: What is to serve no longer where that is no package on record.
    """

    present: Package | None
    target: Package
    unnamed: str

    @property
    def origin(self) -> str:
        """What is to serve no longer, for an operator."""
        return str(self.present or self.unnamed)

    def promotion(self, comment: str) -> Promotion:
        """The package's return to production, with what the operator says of it, if anything."""
        away = f"rollback from version {self.present.version}" if self.present else "rollback"
        said = ": ".join(filter(None, [away, comment]))
        require_acceptable(self.target, said)
        return Promotion(self.target, Trigger.ROLLBACK, said)


def plan(
    sagemaker: Any,  # noqa: ANN401  # boto3 client
    log: SwitchLog,
    stack: Stack,
    to: str,
    *,
    is_changing: bool = False,
) -> Rollback:
    """Find the way back.

    Args:
        sagemaker: Of the stack's account and region.
        log: Of the stack's bucket.
        stack: Whose production endpoint is meant.
        to: A version or ARN; empty for what served before.
        is_changing: Whether a rollout is under way that what serves may be named against.

    Raises:
        NotRolledBack: nothing served before, or the package must not serve, or does already.
        UnknownPackage: there is no such version.
    """
    endpoint_name, group = stack.production_endpoint_name, stack.model_package_group_name
    newest = next(periods(log, endpoint_name), None)
    serving = newest and newest.package_arn
    target = find(sagemaker, group, to or _before(log, endpoint_name))
    if target.arn == serving and not is_changing:
        raise NotRolledBack(f"{endpoint_name} serves version {target.version} already.")
    if target.status != Verdict.APPROVED:
        raise NotRolledBack(
            f"{target}. Only an approved package goes to production; approving it takes it there:"
            f" nightly approve {target.version} --comment ... {_TO_ANOTHER}"
        )
    left = serving if serving != target.arn else None
    present = find(sagemaker, group, left) if left else None
    return Rollback(present, target, _unnamed(newest, is_changing=is_changing))


def way_out(
    sagemaker: Any,  # noqa: ANN401  # boto3 client
    log: SwitchLog,
    stack: Stack,
    running: Sequence[Rollout],
) -> str:
    """How production would come away from what it serves, of which a rejection takes nothing."""
    if running:
        return f"{listed(running)}: what comes through last takes over. {_TO_ANOTHER}"
    try:
        target = plan(sagemaker, log, stack, "").target
    except (NotRolledBack, UnknownPackage) as none:
        return f"`nightly rollback` finds no way back by itself: {none}"
    return f"`nightly rollback` takes it back to version {target.version}. {_TO_ANOTHER}"


def _unnamed(newest: Period | None, *, is_changing: bool) -> str:
    if is_changing:
        return "what is on its way"
    is_nothing = newest is None or newest.is_gone
    return "nothing, for nothing serves" if is_nothing else "what no rollout on record brought"


def _before(log: SwitchLog, endpoint_name: str) -> str:
    if next(periods(log, endpoint_name), None) is None:
        raise NotRolledBack(
            f"Nothing has served on {endpoint_name} yet. Approving a version takes it there:"
            " nightly approve VERSION --comment ..."
        )
    before = served_before(periods(log, endpoint_name))
    if before.package_arn:
        return before.package_arn
    if not before.passed_over:
        nothing = f"No other package has served on {endpoint_name} before."
        raise NotRolledBack(f"{nothing} {_TO_ANOTHER}")
    told = (_taken_back(*each) for each in before.passed_over.items())
    raise NotRolledBack(
        f"All that served on {endpoint_name} before was taken back since: {', '.join(told)}."
        f" {_TO_ANOTHER}"
    )


def _taken_back(package_arn: str, by: Period) -> str:
    version, at = package_arn.rpartition("/")[2], iso_milliseconds(by.since)
    if by.served and by.served.trigger is Trigger.ROLLBACK:
        return f"version {version} (rolled back from at {at})"
    return f"version {version} (did not last: {by.cause.lower()} at {at})"


def require_at_rest(running: Sequence[Rollout], endpoint_name: str) -> None:
    """Check that no rollout is changing what the way back is to be told from.

    Raises:
        NotRolledBack: one to the endpoint runs, or waits for its turn.
    """
    if not running:
        return
    versions = dict.fromkeys(it.version for it in running if it.is_approved)
    rejections = ", ".join(f"nightly reject {version} --comment ..." for version in versions)
    hint = f" To take them back when all traffic has moved: {rejections}." if rejections else ""
    raise NotRolledBack(
        f"{endpoint_name}: {listed(running)}. What served before is known when all are through."
        f"{hint} Ask again then, or name a version with --to, which comes after them."
    )
