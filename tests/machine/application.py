"""The application on an embedded AWS, built by `sam`, as its tests drive it."""

from __future__ import annotations

import json
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import boto3
from botocore.config import Config

from demo import delivery
from demo.deploy import build as sam_build
from demo.deploy import deploy as sam_deploy
from demo.deploy import sam
from demo.local_aws import LocalAws, serving
from demo.population import Scale
from demo.transactions import write_partitions
from embedded_aws import packaging
from embedded_aws.cloudformation.template import parse
from ops.night import Night, read
from tests.machine.permissions import Witness

STACK_NAME = "nightly-retrain"
BUILT = Path(".aws-sam") / "local" / "template.yaml"
SMALL = {"TrainDays": "2", "LabelDelayDays": "1", "HoldoutDays": "1", "AucThreshold": "0.5"}
"""Stack parameters that make a night as short as it can be, and let it pass."""
SMALL_LOOKBACK_DAYS = 34
"""A small night reads this many days before its data date."""
SMALL_SCALE = Scale(transactions_per_day=3_000)


class Application:
    """A deployed stack, and what its users can do with it."""

    def __init__(self, aws: LocalAws, project: Path, log: Path) -> None:
        self.aws, self.project, self.log = aws, project, log
        self._clients: dict[tuple[Any, ...], Any] = {}
        self.deployed: tuple[dict[str, str], Path] | None = None
        """Parameters and project of the last deployment that succeeded."""

    def client(self, service: str, **retries: int) -> Any:
        """A boto3 client of the embedded AWS."""
        key = service, *retries.items()
        if key not in self._clients:
            variables = self.aws.variables
            self._clients[key] = boto3.client(
                service,
                endpoint_url=self.aws.url,
                region_name=variables["AWS_REGION"],
                aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
                aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
                config=Config(retries=retries),
            )
        return self._clients[key]

    @property
    def outputs(self) -> dict[str, str]:
        """The stack's outputs."""
        stack = self.client("cloudformation").describe_stacks(StackName=STACK_NAME)["Stacks"][0]
        return {item["OutputKey"]: item["OutputValue"] for item in stack["Outputs"]}

    def create(self, parameters: dict[str, str]) -> None:
        """Deploy what is built as ``sam deploy`` does, in a tenth of its time."""
        clients = self.client("cloudformation"), self.client("s3")
        packaging.deploy(*clients, STACK_NAME, self.project / BUILT, parameters)
        self.deployed = parameters, self.project

    def deploy(self, parameters: dict[str, str], project: Path | None = None) -> None:
        """``sam deploy`` of what is built in a project's folder."""
        sam_deploy(self.aws, self.log, parameters, project or self.project)
        self.deployed = parameters, project or self.project

    def update(self, parameters: dict[str, str]) -> None:
        """Give the stack other parameters as ``sam deploy`` does, in a tenth of its time."""
        cloudformation = self.client("cloudformation")
        cloudformation.update_stack(
            StackName=STACK_NAME,
            UsePreviousTemplate=True,
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
            Parameters=[
                {"ParameterKey": name, "ParameterValue": value}
                for name, value in parameters.items()
            ],
        )
        updated = cloudformation.get_waiter("stack_update_complete")
        updated.wait(StackName=STACK_NAME, WaiterConfig={"Delay": 1})
        self.deployed = parameters, self.project if self.deployed is None else self.deployed[1]

    def delete(self) -> None:
        """``sam delete``."""
        sam(self.aws, self.log, "delete", "--no-prompts", project=self.project)
        self.deployed = None

    def deliver(self, folder: Path, first: date = date.min, last: date = date.max) -> None:
        """Upload the ``dt=`` partitions of a folder."""
        files = delivery.partitions(folder, first, last)
        delivery.deliver(self.client("s3"), self.outputs["BucketName"], files, lambda: None)

    def now(self) -> datetime:
        """The virtual instant."""
        with urllib.request.urlopen(f"{self.aws.url}/_embedded/clock") as answer:  # noqa: S310  # loopback
            return datetime.fromisoformat(json.load(answer)["now"])

    @contextmanager
    def faults(self, faults: list[dict[str, Any]]) -> Iterator[None]:
        """Let these go wrong meanwhile; each has a name."""
        self._control("faults", "POST", {"faults": faults})
        try:
            yield
        finally:
            for each in faults:
                self._control(f"faults?name={quote(each['name'])}", "DELETE")

    @contextmanager
    def standing_clock(self) -> Iterator[None]:
        """Let no time pass meanwhile but by itself."""
        self._control("clock", "POST", {"pause": True})
        try:
            yield
        finally:
            self._control("clock", "POST", {"resume": True})

    def _control(self, what: str, method: str, body: object = None) -> None:
        request = urllib.request.Request(  # noqa: S310  # loopback
            f"{self.aws.url}/_embedded/{what}", json.dumps(body).encode(), method=method
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310  # as above
            answer.read()

    def run(self, given: object, name: str = "") -> Night:
        """Run a night to its end; return it as the operator sees it."""
        started = self.client("stepfunctions").start_execution(
            stateMachineArn=self.outputs["StateMachineAliasArn"],
            name=name or str(uuid4()),
            input=json.dumps(given),
        )
        # An instant that is reached already: what remains is to wait until nothing works.
        self.aws.advance_to(started["startDate"])
        return self.night(started["executionArn"])

    def night(self, execution_arn: str) -> Night:
        """An execution as the operator sees it."""
        described = self.client("stepfunctions").describe_execution(executionArn=execution_arn)
        return read(described, self._events(execution_arn))

    def history(self, night: Night) -> list[dict[str, Any]]:
        """The events of a night, oldest first."""
        return list(self._events(night.execution_arn))

    def _events(self, execution_arn: str) -> Iterator[dict[str, Any]]:
        paginator = self.client("stepfunctions").get_paginator("get_execution_history")
        for page in paginator.paginate(executionArn=execution_arn):
            yield from page["events"]

    def invoke(self, function: str, event: object) -> dict[str, Any]:
        """Invoke the published version of a function, by its logical id.

        A failed invocation answers with ``errorType`` and ``errorMessage``.
        """
        answer = self.client("lambda").invoke(
            FunctionName=self.physical_id(function),
            Qualifier="live",
            Payload=json.dumps(event).encode(),
        )
        document: dict[str, Any] = json.loads(answer["Payload"].read())
        return document

    def physical_id(self, logical_id: str) -> str:
        """The name that a resource of the stack was given."""
        described = self.client("cloudformation").describe_stack_resource(
            StackName=STACK_NAME, LogicalResourceId=logical_id
        )
        physical_id: str = described["StackResourceDetail"]["PhysicalResourceId"]
        return physical_id

    def packages(self) -> list[str]:
        """ARNs of the registered model packages."""
        pages = (
            self.client("sagemaker")
            .get_paginator("list_model_packages")
            .paginate(ModelPackageGroupName=self.outputs["ModelPackageGroupName"])
        )
        return [it["ModelPackageArn"] for page in pages for it in page["ModelPackageSummaryList"]]

    def candidate_config(self) -> str | None:
        """The endpoint configuration that the candidate endpoint has; None without one."""
        sagemaker, name = self.client("sagemaker"), self.outputs["CandidateEndpointName"]
        if not sagemaker.list_endpoints(NameContains=name)["Endpoints"]:
            return None
        config: str = sagemaker.describe_endpoint(EndpointName=name)["EndpointConfigName"]
        return config

    def jobs(self) -> list[dict[str, Any]]:
        """The full descriptions of all processing and training jobs."""
        return [*self._described("ProcessingJob"), *self._described("TrainingJob")]

    def _described(self, kind: str) -> Iterator[dict[str, Any]]:
        sagemaker = self.client("sagemaker")
        snake = "processing_job" if kind == "ProcessingJob" else "training_job"
        for page in sagemaker.get_paginator(f"list_{snake}s").paginate():
            for summary in page[f"{kind}Summaries"]:
                name = {f"{kind}Name": summary[f"{kind}Name"]}
                yield getattr(sagemaker, f"describe_{snake}")(**name)


@contextmanager
def deployed(
    project: Path,
    scratch: Path,
    start_at: datetime,
    deploy: Callable[[Application], None],
    job_python: str = sys.executable,
) -> Iterator[Application]:
    """Serve an embedded AWS and have a built project deployed on it."""
    with serving(start_at, job_python=job_python) as aws:
        application = Application(aws, project, scratch / "sam.log")
        deploy(application)
        with Witness.of(application, STACK_NAME):
            yield application


def build(project: Path) -> None:
    """``sam build`` for the embedded AWS, in a project's folder.

    What it leaves is written anew as JSON: ``sam deploy`` reads it five times, and YAML by the
    second.
    """
    # A build asks nothing of AWS; the endpoint only says that it is for this machine.
    sam_build(LocalAws("http://127.0.0.1"), project / "sam.log", project)
    template = project / BUILT
    template.write_text(json.dumps(parse(template.read_text())))


def generate(folder: Path, first: date, last: date) -> None:
    """Write small partitions."""
    write_partitions(folder, first, last, scale=SMALL_SCALE)


def generate_night(folder: Path, data_date: date) -> None:
    """Write the four partitions that a small night cannot do without."""
    generate(folder, data_date - timedelta(days=3), data_date)
