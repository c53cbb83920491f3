"""SageMaker's optimised integrations: ``createTrainingJob[.sync]`` and the endpoint calls.

Shapes and names of results and errors: Developer Guide, "Create and manage Amazon SageMaker AI
jobs", and outputs captured from AWS.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

from embedded_aws.gateway.protocol import service_model
from embedded_aws.stepfunctions.documents import Json, dumps
from embedded_aws.stepfunctions.errors import TASK_FAILED, Cancelled, StateFailure
from embedded_aws.stepfunctions.integrations import java_shapes
from embedded_aws.stepfunctions.integrations.events import ServiceTaskEvents
from embedded_aws.stepfunctions.integrations.optimised import OptimisedCall
from embedded_aws.stepfunctions.integrations.service_errors import call_api

if TYPE_CHECKING:
    from botocore.model import OperationModel

    from embedded_aws.stepfunctions.integrations.integration import Attempt

_PREFIX = "SageMaker"
_POLL_SECONDS = 0.2
_MAX_POLL_SECONDS = 60.0
# The allow-list of an optimised integration is a documentation page; these members are newer
# than it, and whether they are accepted is not known.
_NOT_KNOWN_TO_BE_ACCEPTED = {
    "ServerlessJobConfig", "MlflowConfig", "ModelPackageConfig", "SessionChainingConfig",
}  # fmt: skip


@dataclass(frozen=True)
class Job:
    """What ``.sync`` needs to know of a kind of job."""

    kind: str

    @property
    def name_member(self) -> str:
        """The member that names the job in every call."""
        return f"{self.kind}Name"

    @property
    def status_member(self) -> str:
        """The member of Describe that says how it goes."""
        return f"{self.kind}Status"

    @property
    def arn_member(self) -> str:
        """The member of Create and Describe that holds the ARN."""
        return f"{self.kind}Arn"


JOBS: Mapping[str, Job] = {
    "createProcessingJob": Job("ProcessingJob"),
    "createTrainingJob": Job("TrainingJob"),
}
REQUEST_RESPONSE = {
    *JOBS, "createModel", "createEndpointConfig", "createEndpoint", "updateEndpoint",
}  # fmt: skip


class SageMakerCall(OptimisedCall):
    """Request and response: the result is the API's, with the response's metadata."""

    def __init__(self, action: str) -> None:
        super().__init__("sagemaker", action, _PREFIX)

    def problems(self, arguments: Json) -> list[str]:
        """Fields that the integration does not accept."""
        found = super().problems(arguments)
        if isinstance(arguments, dict):
            newer = sorted(_NOT_KNOWN_TO_BE_ACCEPTED & arguments.keys())
            found += [f"The field '{name}' is not supported by Step Functions" for name in newer]
        return found


class SageMakerJob(SageMakerCall):
    """``.sync``: starts a job, waits for its end; the result is its description.

    Whoever has the task's token may end the wait before (SendTaskSuccess, API reference); what
    then becomes of the job is undocumented, and here it runs on.
    """

    hands_out_token = True

    def __init__(self, action: str) -> None:
        super().__init__(action)
        self.events = ServiceTaskEvents("sagemaker", f"{action}.sync")
        self.job = JOBS[action]
        self._describe = _operation(f"describe{self.job.kind}")

    def perform(self, attempt: Attempt) -> Json:
        """Run the job; one that is no longer waited for is stopped.

        Raises:
            StateFailure: ``States.TaskFailed`` with the job's description as cause.
        """
        name = attempt.parameters.get(self.job.name_member)
        created = attempt.run(lambda: self._start(attempt, name))
        try:
            attempt.record(*self.events.submitted(dumps(created)))
            description = self._await_end(attempt, name)
        except (Cancelled, StateFailure):
            self._stop(attempt, name)
            raise
        return self._outcome(attempt, description)

    def _start(self, attempt: Attempt, name: str) -> Json:
        tags = [*attempt.parameters.get("Tags", []), *_own_tags(attempt)]
        created = self._result(attempt, self._send(attempt, {**attempt.parameters, "Tags": tags}))
        if attempt.is_cancelled:
            # Nobody will ever wait for this job: the execution ended while it was created.
            self._stop(attempt, name)
        return created

    def _await_end(self, attempt: Attempt, name: str) -> dict[str, Any]:
        """Poll at growing intervals, so that a long simulated job costs few calls.

        A Describe that fails is tried again without a trace: on AWS, an execution whose role
        may not describe its job hangs until its timeout.
        """
        waited, longest = 0.0, _MAX_POLL_SECONDS
        while True:
            interval = min(max(_POLL_SECONDS, waited / 4), longest)
            attempt.sleep(interval)
            waited += interval
            description = attempt.run(lambda: self._description(attempt, name))
            longest = math.inf if description is None else _MAX_POLL_SECONDS
            if description is not None and description[self.job.status_member] in _ENDED:
                return dict(description)

    def _description(self, attempt: Attempt, name: str) -> dict[str, Any] | None:
        client = attempt.client("sagemaker")
        try:
            described = getattr(client, xform_name(self._describe.name))(
                **{self.job.name_member: name}
            )
        except (ClientError, BotoCoreError):
            return None
        return dict(described)

    def _outcome(self, attempt: Attempt, description: dict[str, Any]) -> Json:
        shape = self._describe.output_shape
        result = java_shapes.from_api(shape, description, java_shapes.epoch_milliseconds)
        result["Tags"] = attempt.run(lambda: self._tags(attempt, description[self.job.arn_member]))
        if description[self.job.status_member] in _SUCCEEDED:
            return result
        raise StateFailure(TASK_FAILED, dumps(result))

    def _tags(self, attempt: Attempt, job_arn: str) -> Json:
        answer = call_api(
            attempt, attempt.client("sagemaker"), "list_tags", {"ResourceArn": job_arn},
            optimised_as=_PREFIX,
        )  # fmt: skip
        return {tag["Key"]: tag["Value"] for tag in answer["Tags"]}

    def _stop(self, attempt: Attempt, name: str) -> None:
        """Stop the job as well as may be: AWS guarantees nothing more."""
        client = attempt.client("sagemaker")
        try:
            getattr(client, f"stop_{xform_name(self.job.kind)}")(**{self.job.name_member: name})
        except (ClientError, BotoCoreError):
            return


_ENDED = {"Completed", "Failed", "Stopped"}
# What becomes of a Stopped job is undocumented. A job that did not complete has no result to go on
# with, and the integrations of Batch and Glue fail on theirs.
_SUCCEEDED = {"Completed"}


def _own_tags(attempt: Attempt) -> list[dict[str, str]]:
    return [
        {"Key": "MANAGED_BY_AWS", "Value": "STARTED_BY_STEP_FUNCTIONS"},
        {"Key": "AWS_STEP_FUNCTIONS_EXECUTION_ARN", "Value": attempt.execution_arn},
    ]


def _operation(action: str) -> OperationModel:
    return service_model("sagemaker").operation_model(java_shapes.pascal_case(action))
