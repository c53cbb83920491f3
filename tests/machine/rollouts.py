"""Rollouts on a deployed application, as approvers and callers of its endpoints see them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from tests.machine.application import Application

LONGEST = timedelta(hours=2)
"""Every rollout of these tests is through by then."""


@dataclass(frozen=True)
class Rollout:
    """One execution of the rollout machine."""

    name: str
    status: str
    error: str
    cause: str
    entered: tuple[str, ...]
    output: dict[str, Any]


class Rollouts:
    """The rollouts of an application."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.production = application.outputs["ProductionEndpointName"]
        self.candidate = application.outputs["CandidateEndpointName"]
        self._sagemaker = application.client("sagemaker")
        self._stepfunctions = application.client("stepfunctions")
        self._machine_arn = application.outputs["RolloutStateMachineArn"]

    def decide(self, package_arn: str, status: str, comment: str = "") -> None:
        """Approve or reject a package, as the console does."""
        self._sagemaker.update_model_package(
            ModelPackageArn=package_arn, ModelApprovalStatus=status, ApprovalDescription=comment
        )
        self.pass_time(timedelta(seconds=2))

    def approve(self, package_arn: str) -> Rollout:
        """Approve a package, even if it is approved already; see its rollout to the end."""
        known = self.names()
        self.decide(package_arn, "Rejected", "to be approved again")
        self.decide(package_arn, "Approved", "good")
        self.pass_time(LONGEST)
        (name,) = self.names() - known
        return self.rollout(name)

    def pass_time(self, time: timedelta) -> None:
        """Let virtual time go by, with all that falls due in it."""
        aws = self.application.aws
        # What is delivered meanwhile may begin something that waits in its turn.
        aws.advance_to(self.application.now())
        aws.advance_to(self.application.now() + time)

    def names(self) -> set[str]:
        """The names of all executions."""
        pages = self._stepfunctions.get_paginator("list_executions").paginate(
            stateMachineArn=self._machine_arn
        )
        return {it["name"] for page in pages for it in page["executions"]}

    def rollout(self, name: str) -> Rollout:
        """An execution by its name."""
        arn = f"{self._machine_arn.replace(':stateMachine:', ':execution:')}:{name}"
        told = self._stepfunctions.describe_execution(executionArn=arn)
        pages = self._stepfunctions.get_paginator("get_execution_history").paginate(
            executionArn=arn
        )
        events = [event for page in pages for event in page["events"]]
        entered = [
            it["stateEnteredEventDetails"]["name"]
            for it in events
            if "stateEnteredEventDetails" in it
        ]
        return Rollout(
            name=name,
            status=told["status"],
            error=told.get("error", ""),
            cause=told.get("cause", ""),
            entered=tuple(dict.fromkeys(entered)),
            output=json.loads(told.get("output", "{}")),
        )

    def config(self, endpoint_name: str) -> str:
        """The configuration that an endpoint in service has."""
        described = self._sagemaker.describe_endpoint(EndpointName=endpoint_name)
        assert described["EndpointStatus"] == "InService", described
        config: str = described["EndpointConfigName"]
        return config

    def sample(self, package_arn: str) -> dict[str, Any]:
        """The rows and scores that the evaluation of a package kept."""
        document: dict[str, Any] = json.loads(self._object(self._sample_uri(package_arn)))
        return document

    def scores(self, endpoint_name: str, sample: dict[str, Any]) -> list[float]:
        """What an endpoint returns for the rows of a sample."""
        answer = self.application.client("sagemaker-runtime").invoke_endpoint(
            EndpointName=endpoint_name, ContentType="text/csv", Body="\n".join(sample["rows"])
        )
        return [float(line) for line in answer["Body"].read().split()]

    def model_uri(self, package_arn: str) -> str:
        """Where a package's model artifact is."""
        package = self._sagemaker.describe_model_package(ModelPackageName=package_arn)
        uri: str = package["InferenceSpecification"]["Containers"][0]["ModelDataUrl"]
        return uri

    @contextmanager
    def replaced(self, uri: str, content: bytes | None) -> Iterator[None]:
        """Put another content where an object is, or none, for a while."""
        s3, parts, before = self.application.client("s3"), urlsplit(uri), self._object(uri)
        place = {"Bucket": parts.netloc, "Key": parts.path.lstrip("/")}
        if content is None:
            s3.delete_object(**place)
        else:
            s3.put_object(**place, Body=content)
        yield
        s3.put_object(**place, Body=before)

    def _sample_uri(self, package_arn: str) -> str:
        package = self._sagemaker.describe_model_package(ModelPackageName=package_arn)
        uri: str = package["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"]
        return uri.replace("evaluation.json", "sample.json")

    def _object(self, uri: str) -> bytes:
        parts = urlsplit(uri)
        body = self.application.client("s3").get_object(
            Bucket=parts.netloc, Key=parts.path.lstrip("/")
        )["Body"]
        content: bytes = body.read()
        return content
