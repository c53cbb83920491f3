"""The production endpoint of a deployed stack: rollouts to it while faults strike the machine."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from embedded_aws.faults.reading import read_faults
from lineage import names
from rollout.name import RolloutName
from tests.soak.nights import Nights

LONGEST = timedelta(hours=6)
"""Every rollout is through by then."""
FAILED = {"TaskFailed", "TaskTimedOut"}


@dataclass(frozen=True)
class Found:
    """How a rollout ended, what was written of it, and what production has since.

    Attributes:
        entered: The states of this run, each as often as it was.
        failed: How often the calls of each of them failed.
        before: The configuration that production had before; None if there was no endpoint.
        wanted: The one that the rollout was to bring.
        serving: The one that it has now.
        told: What ``asof`` says that it has, and why.
        deployment: The action that lineage has of it; None if it has none.
    """

    status: str
    error: str
    cause: str
    entered: Sequence[str]
    failed: Counter[str]
    before: str | None
    wanted: str
    serving: str | None
    told: Mapping[str, Any]
    deployment: Mapping[str, Any] | None


class Production:
    """Approves packages, one after the other, and looks at what becomes of it."""

    def __init__(self, nights: Nights) -> None:
        self._nights = nights
        self.name = nights.outputs["ProductionEndpointName"]
        self._machine_arn = nights.outputs["RolloutStateMachineArn"]
        self._sagemaker = nights.client("sagemaker")
        self._stepfunctions = nights.client("stepfunctions")

    @contextmanager
    def standing_clock(self) -> Iterator[None]:
        """Let no time pass meanwhile but by itself."""
        self._nights.aws.clock.pause()
        try:
            yield
        finally:
            self._nights.aws.clock.resume()

    def strike(self, faults: Sequence[Mapping[str, Any]]) -> None:
        """Let these go wrong from now on; each may say from how many seconds on."""
        now = self._nights.aws.clock.now()
        dated = [
            {
                **{key: value for key, value in fault.items() if key != "after_seconds"},
                "from": (now + timedelta(seconds=fault.get("after_seconds", 0))).isoformat(),
            }
            for fault in faults
        ]
        self._nights.aws.faults.add(*read_faults(json.dumps({"faults": dated})))

    def roll_out(self, package_arn: str, faults: Sequence[Mapping[str, Any]] = ()) -> Found:
        """Approve a package, see its rollout to the end while faults strike."""
        before = self.serving()
        name = self.begin(package_arn, faults)
        self.end()
        return self.find(name, before)

    def begin(self, package_arn: str, faults: Sequence[Mapping[str, Any]] = ()) -> str:
        """Approve a package, even if it is approved already; the name of its rollout."""
        known = self._names()
        self._decide(package_arn, "Rejected")
        self.strike(faults)
        self._decide(package_arn, "Approved")
        (name,) = self._names() - known
        return name

    def end(self) -> None:
        """Let whatever has begun come to its end; from then on nothing goes wrong."""
        self.pass_time(LONGEST)
        self._nights.aws.faults.clear()

    def redrive(self, name: str, faults: Sequence[Mapping[str, Any]] = ()) -> Found:
        """Let a rollout that has failed go on, and see it to the end while faults strike."""
        before, known = self.serving(), len(self._nights.history(self._arn(name)))
        self.strike(faults)
        self._stepfunctions.redrive_execution(executionArn=self._arn(name))
        self.end()
        return self.find(name, before, known)

    def delete(self) -> None:
        """Delete the endpoint, if there is one, and wait until it is gone."""
        if self.serving():
            self._sagemaker.delete_endpoint(EndpointName=self.name)
            self.pass_time(timedelta(minutes=1))

    def serving(self) -> str | None:
        """The configuration that the endpoint has; None if there is none."""
        listed = self._sagemaker.list_endpoints(NameContains=self.name)["Endpoints"]
        if not listed:
            return None
        config: str = self._sagemaker.describe_endpoint(EndpointName=self.name)[
            "EndpointConfigName"
        ]
        return config

    def find(self, name: str, before: str | None, known: int = 0) -> Found:
        """A rollout, and what there is when it has ended; ``known`` events are of earlier runs."""
        arn = self._arn(name)
        described = self._nights.describe(arn)
        entered, failed = list[str](), Counter[str]()
        for event in self._nights.history(arn)[known:]:
            if "stateEnteredEventDetails" in event:
                entered.append(event["stateEnteredEventDetails"]["name"])
            failed[entered[-1] if entered else ""] += event["type"] in FAILED
        return Found(
            status=described["status"],
            error=described.get("error", ""),
            cause=described.get("cause", ""),
            entered=entered,
            failed=failed,
            before=before,
            wanted=name,
            serving=self.serving(),
            told=self._told(),
            deployment=self._deployment(name),
        )

    @contextmanager
    def machine(self, change: Callable[[dict[str, Any]], None]) -> Iterator[None]:
        """Let rollouts that begin meanwhile be those of another version of the machine."""
        alias = {"stateMachineAliasArn": f"{self._machine_arn}:live"}
        described = self._stepfunctions.describe_state_machine(stateMachineArn=self._machine_arn)
        before = self._stepfunctions.describe_state_machine_alias(**alias)["routingConfiguration"]
        definition = json.loads(described["definition"])
        change(definition)
        route = [{"stateMachineVersionArn": self._publish(json.dumps(definition)), "weight": 100}]
        self._stepfunctions.update_state_machine_alias(**alias, routingConfiguration=route)
        try:
            yield
        finally:
            self._stepfunctions.update_state_machine_alias(**alias, routingConfiguration=before)
            self._publish(described["definition"])

    def pass_time(self, time: timedelta) -> None:
        """Let virtual time go by, while the clock stands, with all that falls due in it."""
        # What was delivered is to begin first.
        self._nights.settle()
        self._nights.wait_until(self._nights.aws.clock.now() + time)

    def _publish(self, definition: str) -> str:
        updated = self._stepfunctions.update_state_machine(
            stateMachineArn=self._machine_arn, definition=definition, publish=True
        )
        return str(updated["stateMachineVersionArn"])

    def _decide(self, package_arn: str, status: str) -> None:
        self._sagemaker.update_model_package(
            ModelPackageArn=package_arn, ModelApprovalStatus=status
        )
        # No other decision has its instant.
        self.pass_time(timedelta(seconds=1))

    def _names(self) -> set[str]:
        pages = self._stepfunctions.get_paginator("list_executions").paginate(
            stateMachineArn=self._machine_arn
        )
        return {it["name"] for page in pages for it in page["executions"]}

    def _arn(self, name: str) -> str:
        return f"{self._machine_arn.replace(':stateMachine:', ':execution:')}:{name}"

    def _told(self) -> Mapping[str, Any]:
        now = self._nights.aws.clock.now().isoformat()
        question = {"Operation": "asof", "Time": now, "Endpoint": self.name}
        answer = self._nights.invoke("QueryLineageFunction", question)
        (endpoint,) = answer.get("Endpoints", [answer])
        told: Mapping[str, Any] = endpoint
        return told

    def _deployment(self, name: str) -> Mapping[str, Any] | None:
        rollout = RolloutName.parse(name)
        assert rollout is not None
        action = names.deployment(rollout.endpoint, rollout.id)
        try:
            described: Mapping[str, Any] = self._sagemaker.describe_action(ActionName=action)
        except self._sagemaker.exceptions.ResourceNotFound:
            return None
        return described
