"""Somebody with a terminal, and with no more than a documented policy."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

import boto3
import pytest
from typer.testing import CliRunner, Result

from demo.local_aws import ROOT
from ops.cli import app
from tests.machine.application import STACK_NAME, Application

# Whoever runs the tests in the background has its children ignore Ctrl-C.
_INTERRUPTIBLE = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from ops.cli import app
app()
"""


@dataclass(frozen=True)
class Operator:
    """A user, by the variables that AWS's tools read."""

    variables: Mapping[str, str]

    @classmethod
    def with_policy(cls, application: Application, user: str, policy: str) -> Operator:
        """A user whom a policy of docs/ allows something, and nobody anything else."""
        outputs, iam = application.outputs, application.client("iam")
        words = {
            "REGION": application.aws.variables["AWS_REGION"],
            "ACCOUNT": outputs["StateMachineArn"].split(":")[4],
            "STACK": STACK_NAME,
            "BUCKET": outputs["BucketName"],
            "GROUP": outputs["ModelPackageGroupName"],
        }
        document = (ROOT / "docs" / policy).read_text()
        for word, value in words.items():
            document = document.replace(word, value)
        iam.create_user(UserName=user)
        iam.put_user_policy(UserName=user, PolicyName="nightly", PolicyDocument=document)
        key = iam.create_access_key(UserName=user)["AccessKey"]
        return cls(
            {
                **application.aws.variables,
                "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
                "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
            }
        )

    def run(self, *arguments: str, typed: str | None = None) -> Result:
        """``nightly`` with arguments, to its end, within this process."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(boto3, "DEFAULT_SESSION", None)
            for name, value in self.variables.items():
                patch.setenv(name, value)
            return CliRunner().invoke(app, arguments, input=typed)

    def interrupt(self, *arguments: str, at: str) -> int:
        """``nightly`` with arguments, and Ctrl-C once it has said something; its exit code."""
        with subprocess.Popen(
            [sys.executable, "-c", _INTERRUPTIBLE, *arguments],
            env={"PATH": os.environ["PATH"], **self.variables},
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stderr is not None
            assert any(at in line for line in process.stderr)
            process.send_signal(signal.SIGINT)
            process.stderr.read()
        return process.returncode
