"""The two servers that ``bench.engine`` compares, each in a process of its own on loopback."""

from __future__ import annotations

import io
import itertools
import json
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError

from embedded_aws.testing import make_client, make_role, serving

_POLL_SECONDS = 0.01
# Works for 20 ms, and adds how long it did to what it was given.
_HANDLER = """
import time

def handler(event, context):
    begun = time.perf_counter()
    time.sleep(0.02)
    own = event.get("own", []) + [time.perf_counter() - begun]
    return {"night": 1, "own": own}
"""


@dataclass(frozen=True)
class Address:
    """Where a peer answers, and which process does."""

    url: str
    process_id: int


@dataclass(frozen=True)
class Outcome:
    """What one execution took, by its own account, and what it put out."""

    seconds: float
    output: str


class Server:
    """A serving peer, with a role for all that it runs.

    ``function_arn`` is empty where functions do not run.
    """

    def __init__(self, address: Address, *, runs_functions: bool) -> None:
        self._address = address
        self._machines: dict[str, str] = {}
        self._numbers = itertools.count()
        self._stepfunctions = make_client(address.url, "stepfunctions")
        iam = make_client(address.url, "iam")
        self._role = make_role(iam, "bench", "lambda", "states")
        self.function_arn = self._function() if runs_functions else ""

    def _function(self) -> str:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("own.py", _HANDLER)
        made = make_client(self._address.url, "lambda").create_function(
            FunctionName="own",
            Role=self._role,
            Runtime="python3.13",
            Handler="own.handler",
            Code={"ZipFile": packed.getvalue()},
        )
        return str(made["FunctionArn"])

    def run(self, definition: str) -> Outcome:
        """Run an execution to its end."""
        started = self._stepfunctions.start_execution(
            stateMachineArn=self._machine(definition),
            name=f"bench-{next(self._numbers)}",
            input='{"night": 1}',
        )
        arn = started["executionArn"]
        while (described := self._described(arn))["status"] == "RUNNING":
            time.sleep(_POLL_SECONDS)
        if described["status"] != "SUCCEEDED":
            raise RuntimeError(f"{arn} {described['status']}: {described.get('cause')}")
        taken = described["stopDate"] - described["startDate"]
        return Outcome(taken.total_seconds(), described["output"])

    def _described(self, arn: str) -> dict[str, Any]:
        described: dict[str, Any] = self._stepfunctions.describe_execution(executionArn=arn)
        return described

    def _machine(self, definition: str) -> str:
        if definition not in self._machines:
            self._machines[definition] = self._stepfunctions.create_state_machine(
                name=f"bench-{len(self._machines)}", roleArn=self._role, definition=definition
            )["stateMachineArn"]
        return self._machines[definition]

    def resident_megabytes(self) -> float:
        """Resident memory of the serving process."""
        status = Path(f"/proc/{self._address.process_id}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024


@dataclass(frozen=True)
class Peer:
    """Something to compare: its name, how it is served, and whether it runs functions."""

    name: str
    serve: Callable[[], AbstractContextManager[Address]]
    runs_functions: bool

    @contextmanager
    def prepared(self) -> Iterator[Server]:
        """Serve it, with a role and perhaps a function."""
        with self.serve() as address:
            yield Server(address, runs_functions=self.runs_functions)


@contextmanager
def _embedded() -> Iterator[Address]:
    with serving() as aws:
        children = Path(f"/proc/{aws.process_id}/task/{aws.process_id}/children")
        (server,) = children.read_text().split()
        yield Address(aws.url, int(server))


@contextmanager
def _stock_moto() -> Iterator[Address]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    url = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _await_answer(url)
            _post(f"{url}/moto-api/config", {"stepfunctions": {"execute_state_machine": True}})
            yield Address(url, process.pid)
        finally:
            process.terminate()


def _await_answer(url: str) -> None:
    while True:
        try:
            make_client(url, "sts").get_caller_identity()
        except BotoCoreError:
            time.sleep(_POLL_SECONDS)
        else:
            return


def _post(url: str, document: object) -> None:
    with urllib.request.urlopen(url, json.dumps(document).encode()) as answer:  # noqa: S310  # loopback
        answer.read()


# Stock moto's functions need Docker.
PEERS = (
    Peer("embedded AWS", _embedded, runs_functions=True),
    Peer("stock moto", _stock_moto, runs_functions=False),
)
