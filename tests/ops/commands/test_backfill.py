"""The command that runs many nights: what it prints, and how it exits."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner, Result

from embedded_aws.instance import Instance
from ops.cli import app
from ops.stack import OUTPUTS
from tests.ops.machines import NIGHT, create_machine, deliver

STACK = "nights"
WITH_DATA, WITHOUT_DATA = ("2026-11-18", "2026-11-20"), "2026-11-19"
Nightly = Callable[..., Result]


@pytest.fixture(scope="module")
def machine_arn(client: Callable[[str], Any], aws: Instance) -> str:
    """A stack with the outputs of the application's, and a machine that stands in for the night."""
    arn = create_machine(client, STACK, NIGHT)
    client("s3").create_bucket(Bucket="records")
    outputs = dict.fromkeys(OUTPUTS, "none") | {
        "StateMachineArn": arn,
        "StateMachineAliasArn": arn,
        "BucketName": "records",
    }
    template = {
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {name: {"Value": value} for name, value in outputs.items()},
    }
    client("cloudformation").create_stack(StackName=STACK, TemplateBody=json.dumps(template))
    aws.clock.advance_to(aws.clock.now() + timedelta(minutes=1))
    for data_date in WITH_DATA:
        deliver(client, arn, data_date)
    return arn


@pytest.fixture
def nightly(aws: Instance, machine_arn: str, monkeypatch: pytest.MonkeyPatch) -> Nightly:  # noqa: ARG001  # its stack
    """``nightly`` with arguments, by an operator who has set the usual variables."""
    variables = {
        "AWS_ENDPOINT_URL": aws.url,
        "AWS_DEFAULT_REGION": aws.environment.settings.region,
        "AWS_ACCESS_KEY_ID": "AKIDUSER",
        "AWS_SECRET_ACCESS_KEY": "unused",
        "NIGHTLY_STACK": STACK,
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    return lambda *arguments: CliRunner().invoke(app, arguments)


def rows(result: Result) -> list[list[str]]:
    return [line.split() for line in result.stdout.splitlines()[1:]]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--from", "2026-11-20", "--to", "2026-11-19"), "exchange them"),
        (("--from", "2026-11-19", "--to", "2026-11-19", "--set", "AucTreshold=1"), "AucTreshold"),
    ],
)
def test_what_cannot_be_run_is_refused_in_one_line(
    nightly: Nightly, arguments: tuple[str, ...], told: str
) -> None:
    refused = nightly("backfill", *arguments)
    assert (refused.exit_code, told in refused.stderr) == (1, True)
    assert refused.stderr.count("\n") == 1


def test_a_plan_is_shown_then_run_and_a_night_that_fails_makes_it_exit_with_1(
    nightly: Nightly,
) -> None:
    span = "backfill", "--from", WITH_DATA[0], "--to", WITH_DATA[1]
    dates = [WITH_DATA[0], WITHOUT_DATA, WITH_DATA[1]]
    planned = nightly(*span, "--dry-run")
    assert rows(planned) == [[date, "missing", "start", date] for date in dates]

    ran = nightly(*span, "--every", "0.1")
    assert ran.exit_code == 1
    assert [row[:2] for row in rows(ran)[:3]] == [
        [WITH_DATA[0], "SUCCEEDED"],
        [WITHOUT_DATA, "FAILED"],
        [WITH_DATA[1], "SUCCEEDED"],
    ]
    assert f"{WITHOUT_DATA} FAILED" in ran.stderr

    again = nightly(*span)
    assert (again.exit_code, again.stdout) == (0, "")
    assert "0 nights ran; left alone: 1 failed, 2 succeeded" in again.stderr

    later = nightly(*span, "--all", "--since", "2030-01-01", "--dry-run")
    assert [row[1:] for row in rows(later)] == [
        ["outdated", "start", f"{WITH_DATA[0]}-2"],
        ["failed", "start", f"{WITHOUT_DATA}-2"],
        ["outdated", "start", f"{WITH_DATA[1]}-2"],
    ]
