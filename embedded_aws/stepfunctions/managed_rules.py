"""The EventBridge rules by which ``.sync`` tasks hear of their jobs, made under the machine's role.

Developer Guide, "Additional permissions for tasks using .sync": the role needs DescribeRule,
PutRule and PutTargets, and CreateStateMachine finds out whether it has them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from botocore.exceptions import ClientError

from embedded_aws.gateway.service import ServiceError
from embedded_aws.stepfunctions.definition import MapState, ParallelState, TaskState, Workflow
from embedded_aws.stepfunctions.integrations.sagemaker import Job, SageMakerJob

_DENIED = {"AccessDenied", "AccessDeniedException"}
_DETAIL_TYPES = {
    "ProcessingJob": "SageMaker Processing Job State Change",
    "TrainingJob": "SageMaker Training Job State Change",
}


def put_managed_rules(events: Any, workflow: Workflow, role_arn: str) -> None:  # noqa: ANN401  # boto3 client
    """Make the rules that a workflow's jobs need, with a client under ``role_arn``.

    Raises:
        ServiceError: ``AccessDeniedException``, in the words that AWS has for it.
    """
    for kind in sorted({job.kind for job in _jobs(workflow)}):
        try:
            _put_rule(events, f"StepFunctionsGetEventsForSageMaker{kind}sRule", kind)
        except ClientError as refused:
            if not _is_denied(refused):
                raise
            message = f"'{role_arn}' is not authorized to create managed-rule."
            raise ServiceError("AccessDeniedException", message) from refused


def _put_rule(events: Any, name: str, kind: str) -> None:  # noqa: ANN401  # boto3 client
    with suppress(events.exceptions.ResourceNotFoundException):
        events.describe_rule(Name=name)
    pattern = {"source": ["aws.sagemaker"], "detail-type": [_DETAIL_TYPES[kind]]}
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
    _ask_for_target(events, name)


def _ask_for_target(events: Any, name: str) -> None:  # noqa: ANN401  # boto3 client
    """Find out whether it is permitted.

    AWS's target is inside Step Functions. Here is none, since jobs are polled, and EventBridge
    refuses what is not permitted before what it does not know.
    """
    internal = f"arn:aws:states:{events.meta.region_name}::"
    try:
        events.put_targets(Rule=name, Targets=[{"Id": "StepFunctions", "Arn": internal}])
    except ClientError as refused:
        if _is_denied(refused):
            raise


def _is_denied(refused: ClientError) -> bool:
    return refused.response["Error"]["Code"] in _DENIED


def _jobs(workflow: Workflow) -> Iterator[Job]:
    for state in workflow.states.values():
        if isinstance(state, TaskState) and isinstance(state.integration, SageMakerJob):
            yield state.integration.job
        inner = state.branches if isinstance(state, ParallelState) else ()
        for branch in (*inner, *([state.processor] if isinstance(state, MapState) else [])):
            yield from _jobs(branch)
