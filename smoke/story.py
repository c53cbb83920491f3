"""What happens to the stack so that there is something to judge: a few nights, and their end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from textwrap import shorten
from typing import Any

from lineage.records.shelf import Shelf
from lineage.rollouts.switch_log import SwitchLog
from ops.executions import arn_of, newest_first
from ops.redrive import redrive
from ops.registry import Verdict, decide, find
from ops.start import night_input, start
from smoke.evidence import Aftermath, Evidence
from smoke.place import NeverHappened, until
from smoke.run import Run
from smoke.site import UNREADABLE_DATE, Site

Told = Callable[[str], None]
_SERVICES = ("stepfunctions", "sagemaker", "lambda", "s3")
_NOT_CHANGED = {"Arn", "CreationDate", "LastModificationDate", "ResponseMetadata"}
_MOST_TOLD = 240
_FAILING = [f"{UNREADABLE_DATE}", f"{UNREADABLE_DATE}-2", f"{UNREADABLE_DATE}-3"]


class Story:
    """The nights of a stack, each told of when it has ended."""

    def __init__(self, site: Site, told: Told) -> None:
        self._site, self._told, self._place = site, told, site.place
        self._stack = site.stack
        self._stepfunctions = site.client("stepfunctions")
        self._sagemaker = site.client("sagemaker")

    def tell(self) -> Evidence:
        """Live through it all but the teardown; the night is the schedule's, if that comes.

        Raises:
            NotRegistered: the night registered no model, so that there is nothing to go on with.
            NeverHappened: something did not begin, or did not end.
        """
        at = self._place.now() + timedelta(minutes=2)
        data_date = str(at.date() - timedelta(days=1))
        is_scheduled = self._schedule(at, data_date)
        night = self._ended(self._machine(data_date), "night").require_package()
        candidate = self._rollout(self._stack.candidate_endpoint_name)
        production = self._approve(str(night.answered("RegisterIfGoodEnough")["ModelPackageArn"]))
        failed = self._ended(self._start(_FAILING[0]), "failing night")
        redrive(self._stepfunctions, self._stack.state_machine_arn, _FAILING[0])
        redriven = self._ended(failed.arn, "redriven night")
        return Evidence(
            clients={name: self._site.client(name) for name in _SERVICES},
            stack=self._stack,
            is_scheduled=is_scheduled,
            night=night,
            candidate=candidate,
            production=production,
            failed=failed,
            redriven=redriven,
            stopped=self._stop_a_job(_FAILING[1]),
        )

    def end(self) -> Aftermath:
        """Tear the stack down while a night runs; say what that left."""
        with self._place.lasting_jobs():
            job = self._begun(self._start(_FAILING[2]))
            for line in self._site.tear_down():
                self._told(f"  {line}")
        s3, bucket = self._site.client("s3"), self._stack.bucket_name
        arn = self._machine(_FAILING[2])
        folders = Shelf(s3, bucket).folders(f"lineage/dt={UNREADABLE_DATE}/")
        ends = [it for night in Shelf(s3, bucket).search(folders, arn) for it in night.failures]
        switches = SwitchLog(s3, bucket).switches()[self._stack.candidate_endpoint_name]
        return Aftermath(
            job=self._sagemaker.describe_processing_job(ProcessingJobName=job),
            failures=sum(it.failure.execution_arn == arn for it in ends),
            switch=switches[-1],
        )

    def _schedule(self, at: datetime, data_date: str) -> bool:
        """Let the stack's schedule start the night; False if it does not."""
        scheduler, name = self._site.client("scheduler"), f"{self._stack.name}-nightly"
        found = scheduler.get_schedule(Name=name)
        given = {key: value for key, value in found.items() if key not in _NOT_CHANGED}
        scheduler.update_schedule(
            **given | {"ScheduleExpression": f"at({at:%Y-%m-%dT%H:%M:%S})", "State": "ENABLED"}
        )
        try:
            until(self._place, "scheduled night", lambda: self._found(data_date), 8)
        except NeverHappened:
            self._start(data_date)
            return False
        return True

    def _found(self, name: str) -> Mapping[str, Any] | None:
        listed = newest_first(self._stepfunctions, self._stack.state_machine_arn)
        return next((it for it in listed if it["name"] == name), None)

    def _start(self, name: str) -> str:
        allowed = "AllowMissingPartitions=true"
        given = night_input(name[: len("2001-06-15")], [allowed])
        return start(self._stepfunctions, self._stack.state_machine_alias_arn, given, name)

    def _machine(self, name: str) -> str:
        return arn_of(self._stack.state_machine_arn, name)

    def _ended(self, arn: str, what: str) -> Run:
        def status() -> str:
            found = self._stepfunctions.describe_execution(executionArn=arn)["status"]
            return "" if found in {"RUNNING", "PENDING_REDRIVE"} else str(found)

        until(self._place, f"end of the {what}", status, 90)
        run = Run.read(self._stepfunctions, arn)
        ending = shorten(run.ending, _MOST_TOLD, placeholder=" ...")
        self._told(f"{what} {arn.rpartition(':')[2]}: {ending}")
        return run

    def _rollout(self, endpoint_name: str) -> Run:
        machine_arn = self._stack.rollout_state_machine_arn

        def begun() -> str:
            listed = newest_first(self._stepfunctions, machine_arn)
            return next((it["executionArn"] for it in listed if endpoint_name in it["name"]), "")

        arn = until(self._place, f"rollout to {endpoint_name}", begun, 10)
        return self._ended(arn, "rollout")

    def _approve(self, package_arn: str) -> Run | None:
        package = find(self._sagemaker, self._stack.model_package_group_name, package_arn)
        decide(self._sagemaker, package, Verdict.APPROVED, "smoke test")
        try:
            return self._rollout(self._stack.production_endpoint_name)
        except NeverHappened as missing:
            self._told(str(missing))
            return None

    def _stop_a_job(self, name: str) -> Run:
        with self._place.lasting_jobs():
            arn = self._start(name)
            self._sagemaker.stop_processing_job(ProcessingJobName=self._begun(arn))
        return self._ended(arn, "night whose job was stopped")

    def _begun(self, arn: str) -> str:
        """The name of the first job of a night, which is in progress."""

        def job() -> str:
            night = Run.read(self._stepfunctions, arn)
            is_begun = night.of_state("Featurise", "TaskSubmitted")
            return str(night.asked("Featurise")["ProcessingJobName"]) if is_begun else ""

        return until(self._place, "job of the night", job, 10)
