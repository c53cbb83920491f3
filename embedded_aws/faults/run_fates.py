"""Tells functions and jobs, as they begin to run, what a plan has for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from embedded_aws.awslambda.fates import FunctionFate
from embedded_aws.faults.effects import FunctionEnd
from embedded_aws.faults.fault import Firing
from embedded_aws.faults.match import ANY
from embedded_aws.faults.plan import FaultPlan
from embedded_aws.gateway.call import Call
from embedded_aws.gateway.service import RequestContext
from embedded_aws.sagemaker.jobs.fates import Fate
from embedded_aws.settings import Settings

_Effect = TypeVar("_Effect", Fate, FunctionEnd)


class RunFates:
    """The fates of functions and jobs: each time that one runs counts as a call of its own."""

    def __init__(self, plan: FaultPlan, settings: Settings) -> None:
        self._plan = plan
        self._settings = settings

    def fate_of(self, _job_name: str, kind: str, request: Mapping[str, Any]) -> Fate | None:
        """What befalls a job: the first fault that strikes it."""
        met = self._met(self._call("sagemaker", f"Create{kind}Job", request), Fate)
        if met is None:
            return None
        fate, firing = met
        self._plan.note(firing)
        return fate

    def fate_of_invocation(self, function_arn: str, request_id: str) -> FunctionFate | None:
        """What befalls a function that gets an event: the first fault that strikes it."""
        call = self._call("lambda", "Invoke", {"FunctionName": function_arn}, request_id)
        met = self._met(call, FunctionEnd)
        if met is None:
            return None
        end, firing = met
        return FunctionFate(end.times_out, end.after_ms, lambda: self._plan.note(firing))

    def _met(self, call: Call, kind: type[_Effect]) -> tuple[_Effect, Firing] | None:
        for armed in self._plan.armed:
            effect = armed.fault.effect
            if isinstance(effect, kind):
                firing = self._plan.meet(armed, call, ANY)
                if firing is not None:
                    return effect, firing
        return None

    def _call(
        self, service: str, operation: str, parameters: Mapping[str, Any], request_id: str = ""
    ) -> Call:
        settings = self._settings
        context = RequestContext(settings.account_id, settings.region, "", request_id)
        return Call(context, service, operation, dict(parameters))
