"""Step Functions as a service of the embedded AWS: Standard workflows only.

Not supported, and refused: Express workflows, Distributed Map, activities, HTTP tasks, nested
executions, customer-managed keys.
Tracing is kept but traces nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from embedded_aws.stepfunctions.callbacks_api import CallbacksApi
from embedded_aws.stepfunctions.execution_metrics import ExecutionMetrics
from embedded_aws.stepfunctions.executions import ExecutionStore
from embedded_aws.stepfunctions.executions_api import ExecutionsApi
from embedded_aws.stepfunctions.log_delivery import LogDelivery
from embedded_aws.stepfunctions.machines import MachineStore
from embedded_aws.stepfunctions.machines_api import MachinesApi
from embedded_aws.stepfunctions.status_events import StatusEvents
from embedded_aws.stepfunctions.task_tokens import TaskTokens
from embedded_aws.stepfunctions.versions_api import VersionsApi

if TYPE_CHECKING:
    from embedded_aws.environment import Environment
    from embedded_aws.gateway.service import Operation


class StepFunctions:
    """Puts the parts of the API together around one store of machines and one of executions."""

    name = "stepfunctions"

    def __init__(self, environment: Environment) -> None:
        machines, executions = MachineStore(), ExecutionStore(environment.clock.now)
        tokens = TaskTokens(lambda arn: executions.find(arn) is not None)
        logs = LogDelivery(environment)
        told = (logs, StatusEvents(environment), ExecutionMetrics(environment))
        self._executions = ExecutionsApi(environment, machines, executions, tokens, told)
        machines_api = MachinesApi(environment, machines, logs)
        self._operations = {
            **machines_api.operations(),
            **VersionsApi(environment, machines, machines_api).operations(),
            **self._executions.operations(),
            **CallbacksApi(tokens).operations(),
        }

    def operations(self) -> Mapping[str, Operation]:
        """Every operation that is supported."""
        return self._operations

    def close(self) -> None:
        """End every execution that still runs."""
        self._executions.close()
