"""The nodes of a rollout: what each is called and what it tells; pure."""

from __future__ import annotations

from collections.abc import Mapping

from lineage import names
from lineage.entities import texts
from lineage.model import Action, Context
from lineage.rollouts.rollout_facts import Ending, Rollout
from lineage.signature import APPROVAL, ROLLBACK
from lineage.vocabulary import ActionType, ContextType, Status


def rollout(started: Rollout) -> Action:
    """A package's way onto an endpoint."""
    return _rollout(
        started,
        Status.IN_PROGRESS,
        {
            "RunId": started.run_id,
            "DataDate": started.data_date,
            "ModelPackageArn": started.package_arn,
            "EndpointName": started.endpoint_name,
            "EndpointConfigName": started.endpoint_config_name,
            "PreviousEndpointConfigName": started.previous_endpoint_config_name,
            "ModelName": started.model_name,
            "Trigger": started.trigger,
            "ExecutionArn": started.execution_arn,
            "StartedAt": started.started_at,
            **(started.approval.properties(APPROVAL) if started.approval else {}),
            **(started.rollback.properties(ROLLBACK) if started.rollback else {}),
        },
    )


def rollout_ending(started: Rollout, ending: Ending) -> Action:
    """The same, with how it ended."""
    return _rollout(
        started,
        ending.outcome.status,
        {
            "Outcome": ending.outcome,
            "ShiftStartedAt": ending.shift_started_at,
            "SwitchedAt": ending.switched_at,
            "RestoredAt": ending.restored_at,
            "EndedAt": ending.ended_at,
            "Reason": ending.reason,
            "Alarms": names.canonical_json(ending.alarms) if ending.alarms else None,
        },
    )


def endpoint(started: Rollout) -> Context:
    """The endpoint, under the name that SageMaker itself gives its context."""
    return Context(
        name=names.endpoint_context(started.endpoint_name),
        type=ContextType.ENDPOINT,
        source_uri=started.endpoint_arn,
    )


def _rollout(started: Rollout, status: Status, told: Mapping[str, object]) -> Action:
    return Action(
        name=names.deployment(started.endpoint_name, started.id),
        type=ActionType.MODEL_DEPLOYMENT,
        source_uri=started.endpoint_arn,
        status=status,
        properties=texts({key: value for key, value in told.items() if value is not None}),
    )
