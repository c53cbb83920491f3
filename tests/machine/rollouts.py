"""Rollouts on a deployed application, as approvers and callers of its endpoints see them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from lineage import names
from rollout.name import RolloutName
from tests.machine.application import Application

LONGEST = timedelta(hours=2)
"""Every rollout of these tests is through by then."""
HALF_WAY = timedelta(minutes=7)
"""Instances come up in five minutes; then the canary bakes for five, and all of them for five."""


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
        self._runtime = application.client("sagemaker-runtime", total_max_attempts=1)
        self._stepfunctions = application.client("stepfunctions")
        self._machine_arn = application.outputs["RolloutStateMachineArn"]

    def decide(self, package_arn: str, status: str) -> None:
        """Approve or reject a package, as the console does; no other decision has its instant."""
        self._note(package_arn, ModelApprovalStatus=status)
        self.pass_time(timedelta(seconds=1))

    def await_a_second(self) -> str:
        """Let time stand soon after a second has begun; what rollouts of its changes are named."""
        second = self.application.now().replace(microsecond=0) + timedelta(seconds=1)
        self.application.aws.advance_to(second + timedelta(milliseconds=100))
        return f"{second:%Y%m%dT%H%M%SZ}"

    def approve_briefly(self, package_arn: str) -> None:
        """Approve a package, and let less than a second go by."""
        self._note(package_arn, ModelApprovalStatus="Approved")
        self.pass_time(timedelta(milliseconds=300))

    def roll_back(self, package_arn: str) -> str:
        """Go back to an approved package, as ``nightly rollback`` does; the rollout's name."""
        self._note(package_arn)
        asked = {"Trigger": "Rollback", "PackageArn": package_arn}
        name: str = self.application.invoke("TriggerDeployFunction", asked)["Rollout"]
        return name

    def begin(self, package_arn: str) -> str:
        """Approve a package, even if it is approved already; the name of its rollout."""
        known = self.names()
        self.decide(package_arn, "Rejected")
        self.decide(package_arn, "Approved")
        (name,) = self.names() - known
        return name

    def approve(self, package_arn: str) -> Rollout:
        """Approve a package, and see its rollout to the end."""
        name = self.begin(package_arn)
        self.pass_time(LONGEST)
        return self.rollout(name)

    @contextmanager
    def half_way(self, package_arn: str) -> Iterator[str]:
        """Time stands when the rollout of an approved package is half-way; then it goes on."""
        with self.application.standing_clock():
            name = self.begin(package_arn)
            self.pass_time(HALF_WAY)
            yield name
            self.pass_time(LONGEST)

    def abort(self, name: str) -> None:
        """Stop a rollout half-way, as an operator may."""
        self._stepfunctions.stop_execution(
            executionArn=self._execution_arn(name), error="OperatorsWish", cause="It is late."
        )

    def serving(self) -> dict[str, Any]:
        """What lineage says that production serves now: when the second began that is not over."""
        question = {
            "Operation": "asof",
            "Time": self.application.now().replace(microsecond=0).isoformat(),
            "Endpoint": self.production,
        }
        answer = self.application.invoke("QueryLineageFunction", question)
        endpoint: dict[str, Any] = answer["Endpoints"][0]
        return endpoint

    def times_of(self, deployment: str, package_arn: str) -> list[dict[str, Any]]:
        """When a deployment served, as the impact of the last day of its package's data tells."""
        package = self._sagemaker.describe_model_package(ModelPackageName=package_arn)
        data_date = package["CustomerMetadataProperties"]["DataDate"]
        question = {"Operation": "impact", "Subject": data_date}
        impact = self.application.invoke("QueryLineageFunction", question)
        served = [each for night in impact["Nights"] for each in night["Served"]]
        return [each for each in served if each["Deployment"] == deployment]

    def delete(self, endpoint_name: str) -> None:
        """Delete an endpoint behind the application's back, and wait until it is gone."""
        self._sagemaker.delete_endpoint(EndpointName=endpoint_name)
        self.pass_time(timedelta(minutes=1))

    def pass_time(self, time: timedelta) -> None:
        """Let virtual time go by, with all that falls due in it."""
        aws = self.application.aws
        # An instant that is reached already: what was delivered is to begin first.
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
        arn = self._execution_arn(name)
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

    def _note(self, package_arn: str, **decision: str) -> None:
        self._sagemaker.update_model_package(
            ModelPackageArn=package_arn, ApprovalDescription=f"seen, {uuid4()}", **decision
        )

    def _execution_arn(self, name: str) -> str:
        return f"{self._machine_arn.replace(':stateMachine:', ':execution:')}:{name}"

    def config(self, endpoint_name: str) -> str:
        """The configuration that an endpoint in service has."""
        described = self._sagemaker.describe_endpoint(EndpointName=endpoint_name)
        assert described["EndpointStatus"] == "InService", described
        config: str = described["EndpointConfigName"]
        return config

    def is_there(self, endpoint_name: str) -> bool:
        """Whether there is an endpoint of that name."""
        listed = self._sagemaker.list_endpoints(NameContains=endpoint_name)["Endpoints"]
        return endpoint_name in {it["EndpointName"] for it in listed}

    def serves(self, endpoint_name: str, package_arn: str) -> bool:
        """Whether an endpoint is there and serves a package."""
        version = package_arn.rpartition("/")[2]
        return self.is_there(endpoint_name) and f"-v{version}-" in self.config(endpoint_name)

    def sample(self, package_arn: str) -> dict[str, Any]:
        """The rows and scores that the evaluation of a package kept."""
        document: dict[str, Any] = json.loads(self.content(self._sample_uri(package_arn)))
        return document

    def scores(self, endpoint_name: str, sample: dict[str, Any]) -> list[float]:
        """What an endpoint returns for the rows of a sample."""
        answer = self._runtime.invoke_endpoint(
            EndpointName=endpoint_name, ContentType="text/csv", Body="\n".join(sample["rows"])
        )
        return [float(line) for line in answer["Body"].read().split()]

    @contextmanager
    def load(self, endpoint_name: str, sample: dict[str, Any]) -> Iterator[list[list[float]]]:
        """Let a client ask an endpoint before, meanwhile again and again, and once after that.

        Raises:
            ClientError: a request was lost. It is sent once only.
        """
        answers = list[list[float]]()
        is_asked, is_over = threading.Event(), threading.Event()

        def ask() -> None:
            is_last = False
            try:
                while not is_last:
                    is_last = is_over.is_set()
                    answers.append(self.scores(endpoint_name, sample))
                    is_asked.set()
            finally:
                is_asked.set()

        with ThreadPoolExecutor(max_workers=1) as pool:
            asking = pool.submit(ask)
            is_asked.wait()
            try:
                yield answers
            finally:
                is_over.set()
            asking.result()

    def deployment(self, rollout: Rollout) -> dict[str, Any]:
        """The action that lineage has of a rollout."""
        name = RolloutName.parse(rollout.name)
        assert name is not None
        action: dict[str, Any] = self._sagemaker.describe_action(
            ActionName=names.deployment(name.endpoint, name.id)
        )
        return action

    def content(self, uri: str) -> bytes:
        """An object of S3."""
        parts = urlsplit(uri)
        body = self.application.client("s3").get_object(
            Bucket=parts.netloc, Key=parts.path.lstrip("/")
        )["Body"]
        content: bytes = body.read()
        return content

    def model_uri(self, package_arn: str) -> str:
        """Where a package's model artifact is."""
        package = self._sagemaker.describe_model_package(ModelPackageName=package_arn)
        uri: str = package["InferenceSpecification"]["Containers"][0]["ModelDataUrl"]
        return uri

    @contextmanager
    def replaced(self, uri: str, content: bytes | None) -> Iterator[None]:
        """Put another content where an object is, or none, for a while."""
        s3, parts, before = self.application.client("s3"), urlsplit(uri), self.content(uri)
        place = {"Bucket": parts.netloc, "Key": parts.path.lstrip("/")}
        if content is None:
            s3.delete_object(**place)
        else:
            s3.put_object(**place, Body=content)
        try:
            yield
        finally:
            s3.put_object(**place, Body=before)

    def _sample_uri(self, package_arn: str) -> str:
        package = self._sagemaker.describe_model_package(ModelPackageName=package_arn)
        uri: str = package["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"]
        return uri.replace("evaluation.json", "sample.json")


def assert_failed(rollouts: Rollouts, rollout: Rollout, error: str, served: str) -> None:
    """It ended under that name, on record, with the previous model in service."""
    assert (rollout.status, rollout.error) == ("FAILED", error), rollout.cause
    assert rollouts.config(rollouts.production) == served
    deployment = rollouts.deployment(rollout)
    assert deployment["Status"] == "Failed"
    assert deployment["Properties"]["Reason"].startswith(error)
