"""Who does something to the registry, and when: model packages and groups remember both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from embedded_aws.environment import Environment
from embedded_aws.gateway.service import RequestContext
from embedded_aws.sagemaker.registry.records import Deed


class Deeds:
    """Knows the time, and callers by access key, as STS tells them; each is asked for once."""

    def __init__(self, environment: Environment) -> None:
        self._clients = environment.clients
        self._clock = environment.clock
        self._callers: dict[str, Mapping[str, Any]] = {}

    def now(self, context: RequestContext) -> Deed:
        """What whoever signed a request does now.

        The caller's IamIdentity is "associated with model package groups, model packages, and
        project entities only" (API reference of UserContext); its other members are Studio's.
        """
        key = context.access_key_id
        if key not in self._callers:
            identity = self._clients.as_caller("sts", key).get_caller_identity()
            iam_identity = {"Arn": identity["Arn"], "PrincipalId": identity["UserId"]}
            self._callers[key] = {"IamIdentity": iam_identity}
        return Deed(self._clock.now(), self._callers[key])
