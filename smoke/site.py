"""The smoke test's own stack: deployed, given transactions, and removed with all that it holds."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from demo import delivery
from demo.deploy import SAM, DeployFailed
from demo.population import Scale
from demo.transactions import write_partitions
from ops.errors import NoSuchStack, StackNotReady
from ops.stack import Stack
from ops.teardown.clients import Clients
from ops.teardown.estate import Estate
from ops.teardown.teardown import tear_down
from smoke.place import Place

PARAMETERS = {
    "TrainDays": "2",
    "LabelDelayDays": "1",
    "HoldoutDays": "1",
    "AucThreshold": "0.5",
    "ScheduleState": "DISABLED",
    "LogRetentionDays": "1",
}
"""A night as short as it can be, which passes."""
LOOKBACK_DAYS = 34
"""Such a night reads this many days before its data date."""
SCALE = Scale(transactions_per_day=3_000)
UNREADABLE_DATE = date(2001, 6, 15)
"""A data date whose only partition no job can read."""


@dataclass(frozen=True)
class Site:
    """A stack of the smoke test, by its name.

    Attributes:
        project: Where the SAM CLI finds template and samconfig.toml.
        log: What the SAM CLI prints is added to this file.
    """

    place: Place
    stack_name: str
    project: Path
    log: Path

    @cache  # noqa: B019  # lives as long as the program
    def client(self, service: str) -> Any:  # noqa: ANN401  # boto3 client
        """A client of the account and region."""
        variables = {**os.environ, **self.place.variables}
        return boto3.client(
            service,
            endpoint_url=variables.get("AWS_ENDPOINT_URL"),
            region_name=variables.get("AWS_REGION") or variables.get("AWS_DEFAULT_REGION"),
            **_keys(self.place.variables),
        )

    @property
    def stack(self) -> Stack:
        """The stack's outputs."""
        return Stack.find(self.client("cloudformation"), self.stack_name)

    def is_deployed(self) -> bool:
        """Whether there is a stack of the name, in whatever state."""
        return bool(self._physical_ids())

    def build(self) -> None:
        """``sam build``."""
        self._sam("build")

    def deploy(self) -> None:
        """``sam deploy``, without asking again."""
        given = (f"{name}={value}" for name, value in PARAMETERS.items())
        options = ("--no-confirm-changeset", "--parameter-overrides", *given)
        self._sam("deploy", "--stack-name", self.stack_name, *options)

    def deliver(self, today: date) -> None:
        """Upload what a night of yesterday reads, and a partition that cannot be read.

        And what one of today reads, should it be tomorrow when the night begins.
        """
        s3, bucket = self.client("s3"), self.stack.bucket_name
        with tempfile.TemporaryDirectory() as made:
            first = today - timedelta(days=1 + LOOKBACK_DAYS)
            files = write_partitions(Path(made), first, today, scale=SCALE)
            delivery.deliver(s3, bucket, files, lambda: None)
        key = f"labelled/dt={UNREADABLE_DATE}/part-0.parquet"
        s3.put_object(Bucket=bucket, Key=key, Body=b"no Parquet")

    def tear_down(self) -> Iterator[str]:
        """End what the stack started, as ``nightly teardown`` does; tell of it line by line."""
        names = ("stepfunctions", "sagemaker", "scheduler", "s3")
        clients = Clients(*map(self.client, names))
        estate = Estate.find(self.client("cloudformation"), self.stack_name)
        yield from map(str, tear_down(clients, estate, self.place.wait))

    def remove(self) -> Iterator[str]:
        """Tear down, ``sam delete``, and what that leaves: registry, layer, bucket; line by line.

        Of a deployment that failed, whatever there is.
        """
        made = self._physical_ids()
        if not made:
            return
        if self._has_outputs():
            yield from self.tear_down()
        self._sam("delete", "--no-prompts", "--stack-name", self.stack_name)
        if "ModelPackageGroup" in made:
            self._remove_group(made["ModelPackageGroup"].rpartition("/")[2])
        functions, layer = self.client("lambda"), f"{self.stack_name}-nightly"
        for version in functions.list_layer_versions(LayerName=layer)["LayerVersions"]:
            functions.delete_layer_version(LayerName=layer, VersionNumber=version["Version"])
        if "Bucket" in made:
            self._empty(made["Bucket"])
            self.client("s3").delete_bucket(Bucket=made["Bucket"])
        yield f"removed {self.stack_name}: {len(made)} resources, bucket and registry among them"

    def _physical_ids(self) -> dict[str, str]:
        """What the stack is made of, by logical ids; nothing if there is no stack."""
        try:
            pages = self.client("cloudformation").get_paginator("list_stack_resources")
            listed = [
                it
                for page in pages.paginate(StackName=self.stack_name)
                for it in page["StackResourceSummaries"]
            ]
        except ClientError as refused:
            if refused.response["Error"]["Code"] != "ValidationError":
                raise
            return {}
        return {it["LogicalResourceId"]: it.get("PhysicalResourceId", "") for it in listed}

    def _has_outputs(self) -> bool:
        try:
            return bool(self.stack)
        except (NoSuchStack, StackNotReady):
            return False

    def _remove_group(self, group: str) -> None:
        sagemaker = self.client("sagemaker")
        packages = sagemaker.list_model_packages(ModelPackageGroupName=group)
        for package in packages["ModelPackageSummaryList"]:
            sagemaker.delete_model_package(ModelPackageName=package["ModelPackageArn"])
        sagemaker.delete_model_package_group(ModelPackageGroupName=group)

    def _empty(self, bucket: str) -> None:
        s3 = self.client("s3")
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for each in [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]:
                s3.delete_object(Bucket=bucket, Key=each["Key"], VersionId=each["VersionId"])

    def _sam(self, command: str, *options: str) -> None:
        variables = {
            **os.environ,
            **self.place.variables,
            "SAM_CLI_TELEMETRY": "0",
            "PYTHON": sys.executable,
        }
        with self.log.open("a") as output:
            finished = subprocess.run(  # noqa: S603  # the pinned CLI with our own arguments
                [SAM, command, "--config-env", self.place.config_env, *options],
                cwd=self.project,
                env=variables,
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                check=False,
            )
        if finished.returncode:
            tail = "\n".join(self.log.read_text().splitlines()[-30:])
            raise DeployFailed(f"sam {command} failed; {self.log} ends with:\n{tail}")


def _keys(variables: Mapping[str, str]) -> dict[str, str]:
    """The credentials that a place gives, if it gives any."""
    names = {
        "aws_access_key_id": "AWS_ACCESS_KEY_ID",
        "aws_secret_access_key": "AWS_SECRET_ACCESS_KEY",
    }
    return {name: variables[key] for name, key in names.items() if key in variables}
