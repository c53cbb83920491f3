"""Deploys small templates through the API, and a sample through the SAM CLI."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

from embedded_aws.cloudformation.resources.absence import exists
from embedded_aws.instance import serve
from embedded_aws.settings import Settings

Template = dict[str, Any]


@dataclass(frozen=True)
class Stacks:
    """Stacks of one instance; each method returns once the operation has ended."""

    cloudformation: Any

    def create(self, name: str, resources: Template, **more: Any) -> Any:
        self.cloudformation.create_stack(**request(name, resources, more))
        return self.described(name)

    def update(self, name: str, resources: Template, **more: Any) -> Any:
        self.cloudformation.update_stack(**request(name, resources, more))
        return self.described(name)

    def delete(self, name: str, **more: Any) -> str:
        stack_id = self.described(name)["StackId"]
        self.cloudformation.delete_stack(StackName=name, **more)
        return str(self.described(stack_id)["StackStatus"])

    def described(self, name: str) -> Any:
        """DescribeStacks by name waits for an operation under way."""
        return self.cloudformation.describe_stacks(StackName=name)["Stacks"][0]

    def events(self, name: str) -> list[tuple[str, str]]:
        """Logical id and status of every event, oldest first."""
        pages = self.cloudformation.get_paginator("describe_stack_events").paginate(StackName=name)
        found = [event for page in pages for event in page["StackEvents"]]
        return [(item["LogicalResourceId"], item["ResourceStatus"]) for item in reversed(found)]

    def failures(self, name: str) -> str:
        """The reasons of every event about a failure."""
        pages = self.cloudformation.get_paginator("describe_stack_events").paginate(StackName=name)
        return "\n".join(
            event.get("ResourceStatusReason", "")
            for page in pages
            for event in page["StackEvents"]
            if event["ResourceStatus"].endswith("_FAILED")
        )

    def physical_id(self, name: str, logical_id: str) -> str:
        found = self.cloudformation.describe_stack_resource(
            StackName=name, LogicalResourceId=logical_id
        )
        return str(found["StackResourceDetail"]["PhysicalResourceId"])

    def outputs(self, name: str) -> dict[str, str]:
        listed = self.described(name).get("Outputs", [])
        return {item["OutputKey"]: item["OutputValue"] for item in listed}


def request(name: str, resources: Template, more: dict[str, Any]) -> dict[str, Any]:
    """Sections beside Resources are given in title case, request parameters as they are."""
    sections = {key: more.pop(key) for key in ("Conditions", "Mappings", "Outputs") if key in more}
    declared = more.pop("Declared", {})
    body = {"Resources": resources, "Parameters": declared, **sections}
    return {
        "StackName": name,
        "TemplateBody": json.dumps(body),
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
        **more,
    }


@pytest.fixture(scope="module")
def stacks(client: Callable[[str], Any]) -> Stacks:
    return Stacks(client("cloudformation"))


@pytest.fixture(scope="session")
def is_gone() -> Callable[[Callable[[], Any]], bool]:
    """Tell whether a call says that its object does not exist."""
    return lambda call: not exists(call)


SAMPLE = Path(__file__).with_name("sample")
PROJECT = Path(__file__).parents[3]


def sam_executable() -> str:
    """The CLI that ``$SAM`` names, that is on the PATH, or that ``make install`` installed."""
    installed = PROJECT / ".venv-sam" / "bin" / "sam"
    found = os.environ.get("SAM") or shutil.which("sam") or shutil.which(installed)
    if found is None:
        pytest.fail(
            f"no sam: run `make install`, or set SAM; looked on the PATH and at {installed}"
        )
    return found


@dataclass(frozen=True)
class App:
    """A copy of the sample, and the variables that point ``sam`` at an instance."""

    folder: Path
    url: str

    def sam(self, *arguments: str, fails: bool = False) -> str:
        return self._run(sam_executable(), *arguments, fails=fails)

    def aws(self, *arguments: str) -> str:
        """The AWS command line that is installed beside ``sam``."""
        return self._run(str(Path(sam_executable()).with_name("aws")), *arguments)

    def _run(self, *command: str, fails: bool = False) -> str:
        finished = subprocess.run(
            command,
            cwd=self.folder,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.folder.parent),
                "AWS_ENDPOINT_URL": self.url,
                "AWS_ACCESS_KEY_ID": "test",
                "AWS_SECRET_ACCESS_KEY": "test",
                "AWS_DEFAULT_REGION": "us-east-1",
                "SAM_CLI_TELEMETRY": "0",
                "SAM_CLI_POLL_DELAY": "0.1",
                "COLUMNS": "200",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (finished.returncode != 0) == fails, finished.stdout + finished.stderr
        return finished.stdout + finished.stderr

    def deploy(self, stack: str, *arguments: str, fails: bool = False) -> str:
        return self.sam(
            *("deploy", "--stack-name", stack, "--resolve-s3", "--capabilities", "CAPABILITY_IAM"),
            *("--no-confirm-changeset", *arguments),
            fails=fails,
        )

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def outputs(self, stack: str) -> dict[str, str]:
        described = self.client("cloudformation").describe_stacks(StackName=stack)
        listed = described["Stacks"][0]["Outputs"]
        return {item["OutputKey"]: item["OutputValue"] for item in listed}

    def greeted(self, stack: str) -> Any:
        """What the state machine behind the alias says."""
        machine = self.outputs(stack)["MachineAliasArn"]
        sfn = self.client("stepfunctions")
        started = sfn.start_execution(stateMachineArn=machine, input='{"name": "you"}')
        arn = started["executionArn"]
        execution = sfn.describe_execution(executionArn=arn)
        while execution["status"] == "RUNNING":
            execution = sfn.describe_execution(executionArn=arn)
        return json.loads(execution["output"])

    def replace(self, name: str, old: str, new: str) -> None:
        file = self.folder / name
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))


@pytest.fixture(scope="session")
def sample_app() -> Callable[[Path, datetime], AbstractContextManager[App]]:
    """Serve an instance whose clock starts then, beside a copy of the sample."""

    @contextmanager
    def serving(scratch: Path, start_at: datetime) -> Iterator[App]:
        folder = scratch / "app"
        shutil.copytree(SAMPLE, folder)
        (scratch / "instance").mkdir()
        with serve(Settings(scratch=scratch / "instance", start_at=start_at)) as instance:
            yield App(folder, instance.url)

    return serving
