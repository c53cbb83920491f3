"""The ``scheduler`` service: its parts put together."""

from __future__ import annotations

from collections.abc import Mapping

from embedded_aws.environment import Environment
from embedded_aws.gateway.service import Operation
from embedded_aws.scheduler.delivery import Delivery
from embedded_aws.scheduler.groups import Groups
from embedded_aws.scheduler.registry import Registry
from embedded_aws.scheduler.schedule import Schedule
from embedded_aws.scheduler.schedules import Schedules
from embedded_aws.scheduler.targets import Targets
from embedded_aws.scheduler.ticker import Ticker


class SchedulerService:
    """Schedules and their groups.

    Targets are Lambda, Step Functions, SQS, SNS, event buses, and universal targets of any
    service that the instance serves; other templated targets and customer keys are refused.
    """

    name = "scheduler"

    def __init__(self, environment: Environment) -> None:
        settings, clock, clients = environment.settings, environment.clock, environment.clients
        registry = Registry(settings.account_id, settings.region, clock.now())
        targets = Targets(clients, settings.account_id, settings.region)
        delivery = Delivery(clients, clock, targets)
        self._ticker = Ticker(clock, delivery, self._completed)
        self._schedules = Schedules(environment, registry, targets, self._ticker)
        groups = Groups(registry, self._ticker, clock)
        self._operations = {**self._schedules.operations(), **groups.operations()}

    def operations(self) -> Mapping[str, Operation]:
        """Every operation that is supported."""
        return self._operations

    def close(self) -> None:
        """Fire no more."""
        self._ticker.close()

    def _completed(self, schedule: Schedule) -> None:
        self._schedules.completed(schedule)
