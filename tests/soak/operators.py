"""What operators do about nights and packages, by the very functions of ``nightly``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from lineage.records.shelf import Shelf
from lineage.rollouts.switch_log import SwitchLog
from ops.backfill.plan import Selection, data_dates, plan
from ops.backfill.pursuit import Pursuit
from ops.backfill.recorded import recorded
from ops.errors import NotDecidable, NotRolledBack, NotRolledOut
from ops.executions import arn_of, by_data_date
from ops.promotion import promote
from ops.registry import Verdict, decide, find
from ops.rollback import plan as way_back
from ops.stack import Stack
from tests.soak.nights import STACK_NAME, Nights


class Operators:
    """They act on the stack of some nights, and let what they began come to its end."""

    def __init__(self, nights: Nights) -> None:
        self._nights = nights
        self._stack = Stack.find(nights.client("cloudformation"), STACK_NAME)
        self._log = SwitchLog(nights.client("s3"), self._stack.bucket_name)

    def decide(self, package_arn: str, verdict: str) -> bool:
        """Approve or reject a package, which takes an approved one to production."""
        sagemaker = self._nights.client("sagemaker")
        package = find(sagemaker, self._stack.model_package_group_name, package_arn)
        try:
            decide(sagemaker, package, Verdict(verdict), "as the soak drew it")
        except NotDecidable:
            return False
        self._nights.settle()
        return True

    def roll_back(self, why: str) -> bool:
        """Bring production back to what served before, if anything did."""
        sagemaker, stack = self._nights.client("sagemaker"), self._stack
        try:
            way = way_back(sagemaker, self._log, stack, "")
            promote(sagemaker, self._nights.client("lambda"), stack, way.promotion(why))
        except (NotRolledBack, NotRolledOut):
            return False
        self._nights.settle()
        return True

    def backfill(self, first: date, last: date, *, failed: bool) -> Sequence[str]:
        """Start the nights that were missed, and perhaps those that failed; their ARNs."""
        stepfunctions, stack = self._nights.client("stepfunctions"), self._stack
        dates = tuple(data_dates(first, last))
        runs = by_data_date(stepfunctions, stack.state_machine_arn)
        shelf = Shelf(self._nights.client("s3"), stack.bucket_name)
        forgotten = recorded(shelf, [each for each in dates if each not in runs])
        selection = Selection.of(missing=True, failed=failed, outdated_before=None)
        planned = plan(dates, runs, forgotten, selection)
        settings = ["AllowMissingPartitions=true"]
        pursuit = Pursuit(stepfunctions, stack, settings, 2, self._nights.settle)
        list(pursuit.run(planned))
        return [arn_of(stack.state_machine_arn, each.name) for each in planned if each.name]
