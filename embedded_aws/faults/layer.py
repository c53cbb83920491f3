"""Brings a plan's faults between the callers and the services."""

from __future__ import annotations

from functools import partial

from embedded_aws.faults.callers import caller_of
from embedded_aws.faults.effects import CallEffect, Surroundings
from embedded_aws.faults.plan import Armed, FaultPlan
from embedded_aws.gateway.call import Call, Handler, HttpAnswer, through


class FaultLayer:
    """Each fault is a layer of its own: one behind another sees only what that lets through."""

    def __init__(self, plan: FaultPlan, surroundings: Surroundings) -> None:
        self._plan = plan
        self._surroundings = surroundings

    def __call__(self, call: Call, proceed: Handler) -> HttpAnswer:
        """Answer a call, as the faults that strike it have it."""
        layers = [partial(self._meet, armed) for armed in self._plan.armed]
        return through(layers, proceed)(call)

    def _meet(self, armed: Armed, call: Call, proceed: Handler) -> HttpAnswer:
        effect = armed.fault.effect
        if not isinstance(effect, CallEffect) or not effect.concerns(call, self._surroundings):
            return proceed(call)
        firing = self._plan.meet(armed, call, caller_of(call.context))
        if firing is None:
            return proceed(call)
        self._plan.note(firing)
        return effect.befall(call, proceed, self._surroundings)
