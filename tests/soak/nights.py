"""The whole application on an embedded AWS in this process, whose jobs take no time."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from demo.local_aws import ROOT
from embedded_aws.instance import Instance, serve
from embedded_aws.packaging import deploy
from embedded_aws.sagemaker.jobs.durations import JobDuration, JobDurations
from embedded_aws.settings import Settings
from embedded_aws.testing import make_client
from tests.machine.application import SMALL, generate_night
from tests.soak.kept_jobs import keeping_python

STACK_NAME = "nightly-retrain"
FIRST_DATE = date(2026, 11, 8)
NEVER_REACHED = 1.0
JOB_SECONDS = 5.0


class Nights:
    """Nights on a deployed stack; a data date's partitions are delivered when it is asked for."""

    def __init__(self, aws: Instance, outputs: dict[str, str]) -> None:
        self.aws, self.outputs = aws, outputs
        self._clients: dict[str, Any] = {}
        self._functions = {
            it["LogicalResourceId"]: it["PhysicalResourceId"]
            for page in self.client("cloudformation")
            .get_paginator("list_stack_resources")
            .paginate(StackName=STACK_NAME)
            for it in page["StackResourceSummaries"]
            if it["ResourceType"] == "AWS::Lambda::Function"
        }

    def client(self, service: str) -> Any:
        """A boto3 client of the instance."""
        if service not in self._clients:
            self._clients[service] = make_client(self.aws.url, service)
        return self._clients[service]

    def deliver(self, data_date: date) -> None:
        """Upload what a date lacks of its four partitions; what is in them does not matter."""
        s3, bucket = self.client("s3"), self.outputs["BucketName"]
        for day in (data_date - timedelta(days=ago) for ago in range(4)):
            key = f"labelled/dt={day}/part-0.parquet"
            if not s3.list_objects_v2(Bucket=bucket, Prefix=key).get("Contents"):
                s3.put_object(Bucket=bucket, Key=key, Body=f"{day}".encode())

    def start(self, data_date: date, *, passes: bool = True, suffix: str = "") -> str:
        """Start a date's night under the name that the schedule gives it; its ARN."""
        given = {"DataDate": data_date.isoformat(), "AllowMissingPartitions": True}
        if not passes:
            given["AucThreshold"] = NEVER_REACHED
        started = self.client("stepfunctions").start_execution(
            stateMachineArn=self.outputs["StateMachineAliasArn"],
            name=f"{data_date}{suffix}",
            input=json.dumps(given),
        )
        return str(started["executionArn"])

    def settle(self) -> None:
        """Let everything that has begun come to its end."""
        self.aws.clock.advance_to(self.aws.clock.now())

    def wait_until(self, when: datetime) -> None:
        """Let time pass."""
        self.aws.clock.advance_to(when)

    def describe(self, execution_arn: str) -> dict[str, Any]:
        """An execution as Step Functions describes it."""
        described: dict[str, Any] = self.client("stepfunctions").describe_execution(
            executionArn=execution_arn
        )
        return described

    def history(self, execution_arn: str) -> list[dict[str, Any]]:
        """The events of an execution, oldest first."""
        paginator = self.client("stepfunctions").get_paginator("get_execution_history")
        pages = paginator.paginate(executionArn=execution_arn)
        return [event for page in pages for event in page["events"]]

    def invoke(self, function: str, event: object) -> dict[str, Any]:
        """Ask a function, by its logical id."""
        answer = self.client("lambda").invoke(
            FunctionName=self._functions[function],
            Qualifier="live",
            Payload=json.dumps(event).encode(),
        )
        document: dict[str, Any] = json.loads(answer["Payload"].read())
        return document


def scheduled(data_date: date) -> datetime:
    """When the night of a data date is due."""
    return datetime.combine(data_date + timedelta(days=1), time(2), UTC)


@contextmanager
def deployed(
    built: Path,
    scratch: Path,
    kept_jobs: Path | None = None,
    job_seconds: float = JOB_SECONDS,
    longer_jobs: Sequence[JobDuration] = (),
    **parameters: str,
) -> Iterator[Nights]:
    """Serve an instance, deploy what `sam build` left in a folder, and run one night in earnest.

    Its jobs are those of an earlier deployment, if there was one that kept them in the same folder.
    Beside ``parameters``, the stack has those of small nights, and no schedule.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    settings = Settings(
        scratch / "instance",
        start_at=datetime.combine(FIRST_DATE, time(), UTC),
        lambda_python=ROOT / ".venv-lambda" / "bin" / "python",
        job_python=keeping_python(kept_jobs or scratch),
        job_durations=JobDurations((*longer_jobs, JobDuration(job_seconds))),
    )
    with serve(settings) as aws:
        clients = [make_client(aws.url, name) for name in ("cloudformation", "s3")]
        given = SMALL | {"ScheduleState": "DISABLED"} | parameters
        outputs = deploy(*clients, STACK_NAME, built / "template.yaml", given)
        nights = Nights(aws, outputs)
        _deliver_the_first(nights, scratch / "transactions")
        nights.start(FIRST_DATE - timedelta(days=7))
        nights.settle()
        # What is there by now stays: no need to look through it again and again.
        gc.collect()
        gc.freeze()
        try:
            yield nights
        finally:
            gc.unfreeze()


def _deliver_the_first(nights: Nights, folder: Path) -> None:
    generate_night(folder, FIRST_DATE - timedelta(days=7))
    for file in folder.glob("dt=*/*"):
        key = f"labelled/{file.relative_to(folder)}"
        nights.client("s3").put_object(
            Bucket=nights.outputs["BucketName"], Key=key, Body=file.read_bytes()
        )
