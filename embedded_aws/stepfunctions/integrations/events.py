"""Task events in a history: one form for Lambda ARNs, one for all other integrations."""

from __future__ import annotations

from dataclasses import dataclass

from embedded_aws.stepfunctions.documents import Json, dumps
from embedded_aws.stepfunctions.history import NOT_TRUNCATED
from embedded_aws.stepfunctions.integrations.integration import Details

_OF_FUNCTIONS = {"timeoutInSeconds", "taskCredentials"}


@dataclass(frozen=True)
class ServiceTaskEvents:
    """``TaskScheduled`` and its kin.

    Attributes:
        resource_type: ``lambda``, ``sagemaker``, ``aws-sdk:s3``.
        resource: ``invoke``, ``createTrainingJob.sync``, ``getObject``.
    """

    resource_type: str
    resource: str

    def scheduled(self, parameters: Json, region: str, more: Details) -> tuple[str, Details]:
        """The attempt begins."""
        details = {"region": region, "parameters": dumps(parameters), **more}
        return "TaskScheduled", {**self._named, **details}

    def started(self) -> tuple[str, Details | None]:
        """The service is called."""
        return "TaskStarted", self._named

    def submitted(self, output_text: str) -> tuple[str, Details]:
        """The service has accepted a job."""
        return "TaskSubmitted", {**self._named, **_output(output_text)}

    def succeeded(self, output_text: str) -> tuple[str, Details]:
        """There is a result."""
        return "TaskSucceeded", {**self._named, **_output(output_text)}

    def failed(self, details: Details) -> tuple[str, Details]:
        """There is an error."""
        return "TaskFailed", {**self._named, **details}

    def timed_out(self, details: Details) -> tuple[str, Details]:
        """The task took too long."""
        return "TaskTimedOut", {**self._named, **details}

    @property
    def _named(self) -> Details:
        return {"resourceType": self.resource_type, "resource": self.resource}


@dataclass(frozen=True)
class LambdaFunctionEvents:
    """``LambdaFunctionScheduled`` and its kin, for a function ARN as Resource."""

    function_arn: str

    def scheduled(self, parameters: Json, region: str, more: Details) -> tuple[str, Details]:  # noqa: ARG002
        """The attempt begins; the event has no member for heartbeats."""
        known = {member: value for member, value in more.items() if member in _OF_FUNCTIONS}
        details = {"input": dumps(parameters), "inputDetails": NOT_TRUNCATED, **known}
        return "LambdaFunctionScheduled", {"resource": self.function_arn, **details}

    def started(self) -> tuple[str, Details | None]:
        """The function is called."""
        return "LambdaFunctionStarted", None

    def succeeded(self, output_text: str) -> tuple[str, Details]:
        """There is a result."""
        return "LambdaFunctionSucceeded", _output(output_text)

    def failed(self, details: Details) -> tuple[str, Details]:
        """There is an error."""
        return "LambdaFunctionFailed", details

    def timed_out(self, details: Details) -> tuple[str, Details]:
        """The task took too long."""
        return "LambdaFunctionTimedOut", details


def _output(text: str) -> Details:
    return {"output": text, "outputDetails": NOT_TRUNCATED}
