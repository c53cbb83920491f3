"""The CloudWatch alarms that stop a deployment, read as the endpoint's execution role."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from embedded_aws.clients import ClientFactory
from embedded_aws.gateway.service import ServiceError
from embedded_aws.sagemaker.endpoints.fleets import DeploymentError
from embedded_aws.sagemaker.endpoints.models import SESSION_NAME
from embedded_aws.sagemaker.execution_role import assumer


class Alarms:
    """The alarms of an AutoRollbackConfiguration.

    "The IAM execution role must have permission to perform the cloudwatch:DescribeAlarms action"
    (guide "Auto-Rollback Configuration and Monitoring").
    """

    def __init__(self, clients: ClientFactory, role_arn: str, names: Sequence[str]) -> None:
        self._clients = clients
        self._role_arn = role_arn
        self._names = names

    def check(self) -> None:
        """Refuse alarms that are not there, or that the role may not see.

        Raises:
            ServiceError: ``ValidationException``; its text is not documented.
        """
        try:
            missing = set(self._names) - self._states().keys()
        except (BotoCoreError, ClientError) as refused:
            raise ServiceError("ValidationException", str(refused)) from refused
        if missing:
            message = f"Could not find CloudWatch alarms {sorted(missing)}."
            raise ServiceError("ValidationException", message)

    def raise_if_tripped(self) -> None:
        """Look at the alarms.

        Raises:
            DeploymentError: at least one is in ALARM, or they cannot be read any more.
        """
        try:
            states = self._states()
        except (BotoCoreError, ClientError) as refused:
            raise DeploymentError(f"The alarms could not be read: {refused}") from refused
        tripped = sorted(name for name, state in states.items() if state == "ALARM")
        if tripped:
            message = f"One or more alarms went into ALARM during the deployment: {tripped}"
            raise DeploymentError(message)

    def _states(self) -> dict[str, str]:
        if not self._names:
            return {}
        cloudwatch: Any = self._clients.as_role(
            "cloudwatch", self._role_arn, SESSION_NAME, assumer()
        )
        answer = cloudwatch.describe_alarms(
            AlarmNames=list(self._names), AlarmTypes=["MetricAlarm", "CompositeAlarm"]
        )
        found = (*answer.get("MetricAlarms", ()), *answer.get("CompositeAlarms", ()))
        return {alarm["AlarmName"]: alarm["StateValue"] for alarm in found}
