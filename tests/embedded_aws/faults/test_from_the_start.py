"""What an instance is told at its start: its faults, and how its time passes."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from embedded_aws.__main__ import _parser
from embedded_aws.clock import ClockMode
from embedded_aws.faults.reading import read_faults
from embedded_aws.instance import Instance, serve
from embedded_aws.settings import Settings

START = datetime(2026, 11, 1, tzinfo=UTC)
LATE = (
    "faults: [{service: sagemaker, operation: ListTrainingJobs, "
    "effect: {latency: {seconds: 3600, read_timeout_seconds: 7200}}}]"
)
THROTTLE = "faults: [{service: sagemaker, operation: ListTrainingJobs, effect: throttle}]"


def client_of(instance: Instance) -> Any:
    return boto3.client(
        "sagemaker", endpoint_url=instance.url, region_name="us-east-1",
        aws_access_key_id="AKIDUSER", aws_secret_access_key="unused",
        config=Config(retries={"total_max_attempts": 1}),
    )  # fmt: skip


def test_an_instance_starts_under_its_faults_with_its_clock_standing(tmp_path: Path) -> None:
    settings = Settings(
        scratch=tmp_path, start_at=START, clock_mode=ClockMode.PAUSED, faults=read_faults(THROTTLE)
    )
    with serve(settings) as instance:
        with pytest.raises(ClientError, match="Rate exceeded"):
            client_of(instance).list_training_jobs()
        assert instance.faults.unused == ()
        assert instance.faults.firings[0].at == instance.clock.now() == START


def test_an_instance_ends_while_its_clock_stands_and_a_caller_waits(tmp_path: Path) -> None:
    """The answer would come in an hour that nobody lets pass; the caller is let go without it."""
    settings = Settings(
        scratch=tmp_path, start_at=START, clock_mode=ClockMode.PAUSED, faults=read_faults(LATE)
    )
    lost: list[BaseException] = []

    def call(instance: Instance) -> None:
        try:
            client_of(instance).list_training_jobs()
        except BotoCoreError as closed:
            lost.append(closed)

    with serve(settings) as instance:
        caller = threading.Thread(target=call, args=(instance,))
        caller.start()
        while not any(due.pulls for due in instance.clock.timers()):
            instance.clock.step(0)
    caller.join()
    assert len(lost) == 1


def test_the_command_line_takes_a_file_of_faults_and_a_mode(tmp_path: Path) -> None:
    file = tmp_path / "faults.yaml"
    file.write_text(THROTTLE)
    arguments = _parser().parse_args(["--faults", str(file), "--clock", "paused"])
    assert [fault.name for fault in arguments.faults] == ["sagemaker:ListTrainingJobs throttle"]
    assert arguments.clock is ClockMode.PAUSED


@pytest.mark.parametrize(
    ("text", "told"),
    [("faults: [{}]", "'service' is a required property"), ("nights: []", "faults.yaml: ")],
)
def test_the_command_line_refuses_what_it_does_not_understand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, told: str
) -> None:
    file = tmp_path / "faults.yaml"
    file.write_text(text)
    with pytest.raises(SystemExit):
        _parser().parse_args(["--faults", str(file)])
    assert told in capsys.readouterr().err
