"""Lives through a night and its redrives, and looks after each at what the account holds."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from itertools import takewhile
from typing import Any

from embedded_aws.faults.reading import read_faults
from lineage.rollouts.switch_log import SwitchLog
from tests.machine.replayed.cells import NOTHING, Cell, Round, Trouble
from tests.soak.nights import Nights, scheduled

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Found:
    """What an account holds when a run of a night, from its start or a redrive, has ended.

    Everything is of this night; what is listed is so since the night began.

    Attributes:
        began: When this run did.
        events: The execution's history, its earlier runs included.
        executions: Names of the data date's executions.
        rollouts: Names of their executions.
        jobs: Their statuses, by name.
        explained: What ``explain`` says of each package.
        findings: What ``nightly audit`` finds.
        switches: The instants at which each endpoint began to serve something else.
        served: What ``asof`` says of the end of the run.
        denied: Calls that the template's policies do not allow.
        fired: The names of the faults that struck in the run.
    """

    began: datetime
    execution: Document
    events: Sequence[Document]
    executions: Sequence[str]
    packages: Sequence[str]
    rollouts: Sequence[str]
    jobs: Mapping[str, str]
    explained: Mapping[str, Document]
    findings: Sequence[str]
    actions: Sequence[Document]
    artifacts: Sequence[Document]
    associations: Sequence[Document]
    switches: Mapping[str, Sequence[datetime]]
    served: Document
    denied: Sequence[str]
    fired: Sequence[str]

    @property
    def run(self) -> Sequence[Document]:
        """The events of this run."""
        return [event for event in self.events if event["timestamp"] >= self.began]


class Observer:
    """Sees what becomes of one night."""

    def __init__(self, nights: Nights, data_date: date) -> None:
        self._nights, self._date = nights, data_date
        self._since = nights.aws.clock.now()
        self._log = SwitchLog(nights.client("s3"), nights.outputs["BucketName"])
        self._events: list[Document] = []
        self._findings: Sequence[str] = ()
        self._written: dict[str, Any] = {}

    def look(self, arn: str, began: datetime) -> Found:
        """What there is of the night by now; asked anew of what the run may have changed."""
        run = self._run(arn, began)
        self._events += run
        if not self._written or any(_writes(event) for event in run):
            self._written = self._read()
        if any(_records(event) for event in run):
            self._findings = list(self._audited())
        return Found(
            **self._written,
            began=began,
            execution=self._nights.describe(arn),
            events=tuple(self._events),
            executions=self._executions("StateMachineArn", f"{self._date}"),
            jobs=dict(self._jobs()),
            findings=self._findings,
            denied=list(self._denied(began)),
            fired=[it.fault for it in self._nights.aws.faults.firings if it.at >= began],
        )

    def _read(self) -> dict[str, Any]:
        """What only some states write."""
        packages = [it["ModelPackageArn"] for it in self._packages()]
        return {
            "packages": packages,
            "rollouts": self._executions("RolloutStateMachineArn", ""),
            "explained": {package: self._ask("explain", Package=package) for package in packages},
            "actions": self._listed("action"),
            "artifacts": self._listed("artifact"),
            "associations": self._listed("association"),
            "switches": self._log.instants().of,
            "served": self._ask("asof", Time=self._nights.aws.clock.now().isoformat()),
        }

    def _run(self, arn: str, began: datetime) -> list[Document]:
        """The events of the last run; those before it were read before."""
        pages = self._nights.client("stepfunctions").get_paginator("get_execution_history")
        newest_first = (
            event
            for page in pages.paginate(executionArn=arn, reverseOrder=True, maxResults=100)
            for event in page["events"]
        )
        return [*takewhile(lambda event: event["timestamp"] >= began, newest_first)][::-1]

    def _packages(self) -> list[Any]:
        listed: list[Any] = self._nights.client("sagemaker").list_model_packages(
            ModelPackageGroupName=self._nights.outputs["ModelPackageGroupName"],
            CreationTimeAfter=self._since,
        )["ModelPackageSummaryList"]
        return listed

    def _executions(self, machine: str, name: str) -> list[str]:
        """Names of executions that began since, and have something in their names."""
        listed = self._nights.client("stepfunctions").list_executions(
            stateMachineArn=self._nights.outputs[machine]
        )["executions"]
        return [
            it["name"] for it in listed if name in it["name"] and it["startDate"] >= self._since
        ]

    def _jobs(self) -> Iterator[tuple[str, str]]:
        sagemaker = self._nights.client("sagemaker")
        for kind in ("Processing", "Training"):
            listed = getattr(sagemaker, f"list_{kind.lower()}_jobs")(
                NameContains=f"-{self._date:%Y%m%d}-", MaxResults=100
            )
            for job in listed[f"{kind}JobSummaries"]:
                yield job[f"{kind}JobName"], job[f"{kind}JobStatus"]

    def _listed(self, kind: str) -> list[Any]:
        pages = self._nights.client("sagemaker").get_paginator(f"list_{kind}s")
        member = f"{kind.capitalize()}Summaries"
        return [
            it
            for page in pages.paginate(CreatedAfter=self._since, MaxResults=100)
            for it in page[member]
        ]

    def _audited(self) -> Iterator[str]:
        told = self._ask("audit", Since=self._date.isoformat())
        own = [
            *(it for it in told["Packages"] if it["PackageArn"] in self._written["packages"]),
            *(it for it in told["Nights"] if it["DataDate"] == self._date.isoformat()),
            *told["Endpoints"],
        ]
        return (json.dumps(it) for each in own for it in each["Findings"])

    def _denied(self, began: datetime) -> Iterator[str]:
        newest_first = reversed(tuple(self._nights.aws.calls))
        for call in takewhile(lambda call: call.at >= began, newest_first):
            for judged in call.judgements:
                # Who may not list a bucket is told 403 of a key that is missing.
                if judged.decision == "denied" and judged.action != "s3:ListBucket":
                    yield f"{call.principal} may not {judged.action} {judged.resource}"

    def _ask(self, operation: str, **question: str) -> dict[str, Any]:
        return self._nights.invoke("QueryLineageFunction", {"Operation": operation, **question})


def live(
    nights: Nights,
    data_date: date,
    troubles: Round,
    lasting: Sequence[Document] = (),
    *,
    passes: bool = True,
) -> dict[Cell, Found]:
    """Run a night through its troubles, redriven after each that ends it.

    Each cell gets what was found after the run that shows it: the first of a trouble that ends
    the night the run that it ends, its second one the run after. The last run ends well.

    Args:
        nights: Of the stack.
        data_date: Which nobody else has.
        troubles: In the order in which the night meets them.
        lasting: Faults that are there from the start.
        passes: Whether the model reaches the threshold.
    """
    nights.deliver(data_date)
    nights.wait_until(scheduled(data_date))
    _strike(nights, lasting)
    observer = Observer(nights, data_date)
    waiting, over, found = deque(troubles), NOTHING, dict[Cell, Found]()
    arn = ""
    while True:
        *others, ending = _next(waiting)
        passing = (over, *others)
        _strike(nights, [fault for it in passing for fault in it.faults(passes=True)])
        _strike(nights, [*ending.faults(passes=False)])
        began = nights.aws.clock.now()
        arn = _run(nights, data_date, arn, passes=passes)
        seen = observer.look(arn, began)
        shown = [cell for it in passing for cell in it.of_run(passes=True)]
        found |= dict.fromkeys((*shown, *ending.of_run(passes=False)), seen)
        over = ending
        if not ending.is_spent or seen.execution["status"] == "SUCCEEDED":
            nights.aws.faults.clear()
            assert _ended(seen) == ("SUCCEEDED", "Registered" if passes else "Rejected")
            return found


def _strike(nights: Nights, faults: Sequence[Document]) -> None:
    nights.aws.faults.add(*read_faults(json.dumps({"faults": faults})))


def _run(nights: Nights, data_date: date, arn: str, *, passes: bool) -> str:
    """Let a night run, or run again if it has an ARN, until nothing works; its ARN."""
    if arn:
        nights.client("stepfunctions").redrive_execution(executionArn=arn)
    else:
        arn = nights.start(data_date, passes=passes)
    nights.settle()
    _deliver_again(nights, data_date, passes=passes)
    return arn


def _ended(found: Found) -> tuple[str, str | None]:
    """The execution's status, and the decision if there is one."""
    output = json.loads(found.execution.get("output", "{}"))
    return found.execution["status"], output.get("Decision")


def _writes(event: Document) -> bool:
    """Whether SageMaker's graph may be another one by an event."""
    entered = event.get("stateEnteredEventDetails", {}).get("name", "")
    return "Record" in entered or entered in {"RegisterIfGoodEnough", "TriggerDeploy"}


def _records(event: Document) -> bool:
    """Whether a state has checked that all is on record, or what is deployed has changed."""
    exited = event.get("stateExitedEventDetails", {}).get("name", "")
    return exited in {"RecordEvaluation", "RecordRegistration", "TriggerDeploy"}


def _next(waiting: deque[Trouble]) -> Iterator[Trouble]:
    """The troubles that a run meets: last the one that ends it, or none at the night's own end."""
    while waiting:
        trouble = waiting.popleft()
        yield trouble
        if trouble.is_spent:
            return
    yield Trouble(is_spent=False, passes=False)


def _deliver_again(nights: Nights, data_date: date, *, passes: bool) -> None:
    """What the schedule may do at any time: start the night that it has started."""
    with suppress(nights.client("stepfunctions").exceptions.ExecutionAlreadyExists):
        nights.start(data_date, passes=passes)
        nights.settle()
