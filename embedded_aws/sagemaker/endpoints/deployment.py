"""One deployment from launch to the end, or back, in virtual time.

It is a straight line of steps in a thread of its own. The timetable counts from the request,
whatever the real work in between costs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from embedded_aws.clock import Signal
from embedded_aws.environment import Environment
from embedded_aws.sagemaker.endpoints import routing
from embedded_aws.sagemaker.endpoints.alarms import Alarms
from embedded_aws.sagemaker.endpoints.fleets import DeploymentError, Fleet
from embedded_aws.sagemaker.endpoints.guardrails import Plan, Step
from embedded_aws.sagemaker.endpoints.hosted import Hosted
from embedded_aws.sagemaker.endpoints.records import (
    FAILED,
    IN_SERVICE,
    ROLLING_BACK,
    UPDATE_ROLLBACK_FAILED,
    PendingDeployment,
    Wanted,
)
from embedded_aws.sagemaker.endpoints.scorer import Scorer
from embedded_aws.sagemaker.endpoints.variants import Capacity, Variant, VariantStatus

# Typical times, not documented ones; a few minutes for instances, less for serverless.
INSTANCE_LAUNCH_SECONDS = 300.0
SERVERLESS_LAUNCH_SECONDS = 120.0
ROLLBACK_SECONDS = 60.0
# How often AWS looks at the alarms is not documented.
ALARM_PERIOD_SECONDS = 60.0


@dataclass(frozen=True)
class Deployment:
    """What is to be deployed, in which variants, how, and under whose watch."""

    wanted: Wanted
    variants: tuple[Variant, ...]
    plan: Plan
    alarms: Alarms


class DeploymentRun:
    """A deployment to one endpoint; ``run`` ends when the endpoint is no longer in progress."""

    def __init__(
        self, environment: Environment, scorer: Scorer, hosted: Hosted, deployment: Deployment
    ) -> None:
        self._environment = environment
        self._clock = environment.clock
        self._scorer = scorer
        self._hosted = hosted
        self._deployment = deployment
        self._variants = deployment.variants
        self._blue = hosted.fleet
        self._at = self._started_at = hosted.endpoint.modified_at
        timeout = deployment.plan.timeout_seconds
        self._deadline = None if timeout is None else self._at + timedelta(seconds=timeout)

    def run(self) -> None:
        """Deploy; on failure bring the endpoint back to what it was."""
        try:
            green = self._launch()
        except DeploymentError as failure:
            # The old fleet has all the traffic still.
            status = FAILED if self._blue is None else IN_SERVICE
            self._hosted.change(status=status, pending=None, failure_reason=str(failure))
            return
        try:
            self._shift(green)
        except DeploymentError as failure:
            self._roll_back(str(failure))
            return
        self._finish(green)

    def _launch(self) -> Fleet:
        wanted = self._deployment.wanted
        self._mark("Creating", "Launching {} instance(s).")
        self._pause(_launch_seconds(wanted))
        fleet = Fleet(self._environment, self._scorer, wanted)
        self._hosted.add(fleet)
        return fleet

    def _shift(self, green: Fleet) -> None:
        largest = max(variant.total for variant in self._variants)
        for number, step in enumerate(self._deployment.plan.steps(largest)):
            if number and self._deployment.plan.is_rolling:
                self._mark("Creating", "Launching {} instance(s).")
                self._pause(_launch_seconds(self._deployment.wanted))
            self._activate(green, step)
            self._bake(step)

    def _activate(self, green: Fleet, step: Step) -> None:
        capacity = f"{step.name} capacity of {{}} instance(s)."
        self._variants = tuple(
            replace(variant, current=_active(variant, step)) for variant in self._variants
        )
        self._mark("ActivatingTraffic", f"Activating traffic on {capacity}", step)
        if self._blue is None:
            return
        shares = {
            variant.name: step.active(variant.total) / variant.total if variant.total else 1.0
            for variant in self._variants
        }
        if all(share >= 1 for share in shares.values()):
            # The fleets may differ in their variants when no guardrail asks for the same.
            self._hosted.router = routing.all_of(green, self._variants)
        else:
            self._hosted.router = routing.split(self._blue, green, self._variants, shares)
        if self._deployment.plan.is_rolling:
            self._shrink_blue(step)

    def _shrink_blue(self, step: Step) -> None:
        """In a rolling deployment, the old instances go with each batch."""
        variants = self._hosted.endpoint.variants
        left = {
            variant.name: max(0, (variant.desired.instance_count or 0) - step.active(variant.total))
            for variant in variants
        }
        self._hosted.change(
            variants=tuple(
                replace(each, current=replace(each.current, instance_count=left[each.name]))
                for each in variants
            )
        )

    def _bake(self, step: Step) -> None:
        parameter, seconds = step.wait
        if not seconds or self._blue is None:
            return
        traffic = f"with traffic enabled on {step.name} capacity of {{}} instance(s)."
        self._mark("Baking", f"Baking for {seconds} seconds ({parameter}) {traffic}", step)
        left = float(seconds)
        while left > 0:
            self._deployment.alarms.raise_if_tripped()
            period = min(left, ALARM_PERIOD_SECONDS)
            self._pause(period)
            left -= period
        self._deployment.alarms.raise_if_tripped()

    def _finish(self, green: Fleet) -> None:
        variants = tuple(
            replace(variant, current=variant.desired, status=None)
            for variant in self._deployment.variants
        )
        idle = self._hosted.serve_from(green, routing.all_of(green, variants))
        self._hosted.change(
            status=IN_SERVICE,
            config=self._deployment.wanted.config,
            variants=variants,
            pending=None,
            failure_reason=None,
        )
        # To end processes takes its time: traffic would seem to move for as long.
        for fleet in idle:
            fleet.close()

    def _roll_back(self, reason: str) -> None:
        """Bring all traffic back to the old fleet, whose instances may have to be launched anew."""
        self._deadline = None
        blue = self._blue
        if blue is None:
            self._hosted.close()
            self._hosted.change(status=FAILED, pending=None, failure_reason=reason)
            return
        before = self._hosted.endpoint
        if not self._deployment.plan.is_rolling:
            self._hosted.router = routing.all_of(blue, before.variants)
        self._hosted.change(status=ROLLING_BACK, failure_reason=reason)
        try:
            restored = self._restore(blue)
        except DeploymentError as failure:
            # "Your endpoint is in service with a mix of the old and new endpoint
            # configurations" (API reference of DescribeEndpoint); so the traffic stays split.
            both = f"{reason} The rollback failed too: {failure}"
            self._hosted.change(status=UPDATE_ROLLBACK_FAILED, pending=None, failure_reason=both)
            return
        variants = tuple(replace(each, current=each.desired) for each in before.variants)
        idle = self._hosted.serve_from(restored, routing.all_of(restored, variants))
        self._hosted.change(status=IN_SERVICE, variants=variants, pending=None)
        for fleet in idle:
            fleet.close()

    def _restore(self, blue: Fleet) -> Fleet:
        plan = self._deployment.plan
        if not plan.is_rolling:
            self._pause(ROLLBACK_SECONDS)
            return blue
        total = max(variant.total for variant in self._hosted.endpoint.variants)
        batch = plan.rollback_size.instances(total) if plan.rollback_size else total
        for _ in range(0, total, batch):
            self._pause(INSTANCE_LAUNCH_SECONDS)
        return Fleet(self._environment, self._scorer, blue.wanted)

    def _mark(self, status: str, message: str, step: Step | None = None) -> None:
        """Show a stage in every variant of the pending deployment."""
        now = self._clock.now()
        self._variants = tuple(
            replace(
                each,
                status=VariantStatus(
                    status, message.format(step.active(each.total) if step else each.total), now
                ),
            )
            for each in self._variants
        )
        self._hosted.change(
            pending=PendingDeployment(
                self._deployment.wanted.config, self._variants, self._started_at
            )
        )

    def _pause(self, seconds: float) -> None:
        due = self._at + timedelta(seconds=seconds)
        is_late = self._deadline is not None and due > self._deadline
        self._at = self._deadline if self._deadline is not None and is_late else due
        left = (self._at - self._clock.now()).total_seconds()
        # Nobody waits for an endpoint inside a request, so this only guards: whoever looks
        # again, having let time pass, finds the endpoint further on.
        self._clock.wait(Signal(), max(0.0, left))
        if is_late:
            raise DeploymentError("The deployment exceeded MaximumExecutionTimeoutInSeconds.")


def _launch_seconds(wanted: Wanted) -> float:
    serverless = wanted.config.is_serverless
    return SERVERLESS_LAUNCH_SECONDS if serverless else INSTANCE_LAUNCH_SECONDS


def _active(variant: Variant, step: Step) -> Capacity:
    count = None if variant.desired.instance_count is None else step.active(variant.total)
    return replace(variant.desired, instance_count=count)
