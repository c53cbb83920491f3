"""What the README tells somebody to type who has never seen the project, typed to the letter."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pytest

from demo.local_aws import ROOT
from docs.cost import Counted, transitions
from embedded_aws.testing import make_client

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("curl") is None, reason="the README's commands need curl"),
]

README = (ROOT / "README.md").read_text()
SECTION = README[README.index("## By hand") : README.index("## Deploy it to an account")]
BLOCKS = re.findall(r"^```\n(.*?)^```", SECTION, re.MULTILINE | re.DOTALL)
INSTALL, SERVE, *SET_UP = BLOCKS[0].splitlines()
ADDRESS = "http://127.0.0.1:4566"
# The fixture `project` has typed this in a copy of the project, as other tests need it, too.
BUILT = "sam build --config-env local"
END_OF_BLOCK = "<end of block>"
FIRST_NOON = "2026-11-22T11"
QUICK = {"SAM_CLI_TELEMETRY": "0", "SAM_CLI_POLL_DELAY": "0.5"}


@dataclass(frozen=True)
class Morning:
    """What a first user sees, and what it takes.

    Attributes:
        outputs: Of each block of commands.
        counted: What the first night called, its rollout included.
    """

    outputs: list[str]
    counted: Counted

    @property
    def mail(self) -> dict[str, Any]:
        """The last notice that the second block shows, whatever alarm may ring, too."""
        shown = self.outputs[1]
        mails = json.loads(shown[shown.index("\n{\n") :])["mail"]
        *_, notice = (it for it in mails if not it["subject"].startswith("ALARM"))
        return dict(notice)


def checkout(project: Path, folder: Path) -> Path:
    """The project as it was built, in a folder that a user may write to."""
    for source in (project, ROOT):
        for path in source.iterdir():
            if path.name not in {".git", "out"} and not (folder / path.name).exists():
                (folder / path.name).symlink_to(path)
    return folder


@pytest.fixture(scope="module")
def morning(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Morning:
    """Type all of it in one shell; the address alone is another, as tests run side by side."""
    folder = checkout(project, tmp_path_factory.mktemp("first-nights"))
    words = shlex.split(SERVE.removesuffix(" &").replace("--port 4566", "--port 0"))
    typed = ["\n".join(it for it in SET_UP if it != BUILT), *BLOCKS[1:]]
    with subprocess.Popen(
        [sys.executable, *words[1:]], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            url = server.stdout.readline().strip() if server.stdout else ""
            script = f"\necho '{END_OF_BLOCK}'\n".join(typed).replace(ADDRESS, url)
            printed = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", script],
                cwd=folder,
                env=os.environ | QUICK,
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            ).stdout
            counted = counted_at(url)
        finally:
            server.terminate()
    return Morning(printed.split(END_OF_BLOCK), counted)


def counted_at(url: str) -> Counted:
    """What the first night called, and two nights left."""
    with urllib.request.urlopen(f"{url}/_embedded/calls") as answer:  # noqa: S310  # loopback
        calls = json.load(answer)["calls"]
    of_night = [it for it in calls if it["at"] < FIRST_NOON and ":role/" in it["principal"]]
    of_s3 = [it["operation"] for it in of_night if it["service"] == "s3"]
    invoked = [it for it in calls if it["at"] < FIRST_NOON and it["operation"] == "Invoke"]
    reads = sum(operation in {"GetObject", "HeadObject"} for operation in of_s3)
    return Counted(
        rollout_transitions=max(transitions(way) for way in rollouts_at(url)),
        functions=len(invoked),
        s3_reads=reads,
        s3_writes_and_lists=len(of_s3) - reads,
        log_mb=logged_bytes_at(url) / 1e6 / 2,
        stored_mb=written_bytes_at(url) / 1e6 / 2,
    )


def rollouts_at(url: str) -> Iterator[list[str]]:
    stepfunctions = make_client(url, "stepfunctions")
    machine = "arn:aws:states:us-east-1:123456789012:stateMachine:nightly-retrain-rollout"
    for it in stepfunctions.list_executions(stateMachineArn=machine)["executions"]:
        told = stepfunctions.get_execution_history(executionArn=it["executionArn"], maxResults=1000)
        yield [event["type"] for event in told["events"]]


def logged_bytes_at(url: str) -> int:
    groups = make_client(url, "logs").describe_log_groups()["logGroups"]
    return sum(it["storedBytes"] for it in groups)


def written_bytes_at(url: str) -> int:
    s3 = make_client(url, "s3")
    names = (it["Name"] for it in s3.list_buckets()["Buckets"])
    (bucket,) = (name for name in names if name.startswith("nightly-retrain-bucket"))
    return sum(
        it["Size"]
        for prefix in ("runs/", "lineage/")
        for it in s3.list_objects_v2(Bucket=bucket, Prefix=prefix)["Contents"]
    )


def test_it_begins_with_what_this_test_does_in_another_way() -> None:
    assert INSTALL == "make install"
    assert SERVE.startswith(".venv/bin/python -m embedded_aws --port 4566 ")
    assert SERVE.endswith(" &")
    assert f"export AWS_ENDPOINT_URL={ADDRESS} " in SET_UP[0]
    assert BUILT in SET_UP


def test_the_first_night_registers_a_model(morning: Morning) -> None:
    assert re.search(r"^2026-11-21 +SUCCEEDED .*registered +v1", morning.outputs[1], re.MULTILINE)


def test_the_lost_partition_is_mailed_with_its_error_and_the_next_command(morning: Morning) -> None:
    mail = morning.mail
    assert mail["subject"].endswith("2026-11-22 failed in PrepareNight: MissingPartitions")
    assert "no Parquet files for dt=2026-11-22" in "\n".join(mail["lines"])
    assert "  nightly redrive 2026-11-22 --stack nightly-retrain" in mail["lines"]


def test_the_mail_leads_to_a_row_that_tells_the_way_out(morning: Morning) -> None:
    (entry,) = re.findall(r"What to do: (\S+), (\w+)\.", "\n".join(morning.mail["lines"]))
    page, name = entry
    (row,) = re.findall(rf"^\| `{name}` \|.*$", (ROOT / page).read_text(), re.MULTILINE)
    assert "deliver the partitions and redrive" in row


def test_the_way_out_leads_out(morning: Morning) -> None:
    *_, shown = morning.outputs
    assert re.search(r"^2026-11-22 +SUCCEEDED .*registered +v2", shown, re.MULTILINE)


@pytest.mark.parametrize("name", [each.name for each in fields(Counted)])
def test_the_page_on_cost_has_what_the_first_night_took_and_hardly_more(
    morning: Morning, name: str
) -> None:
    told, counted = getattr(Counted(), name), getattr(morning.counted, name)
    assert told / 3 < counted <= told
