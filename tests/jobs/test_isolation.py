"""The jobs' own code runs where no network is to be had, as NetworkIsolation has it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jobs.champion import features_digest
from tests.jobs.test_evaluate import pack, train

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
HOOK = """
import socket
import sys

ALLOWED = {"socket.__new__": lambda _, family, *rest: family == socket.AF_UNIX}


def forbid(event, arguments):
    if event.startswith("socket.") and not ALLOWED.get(event, lambda *_: False)(*arguments):
        raise PermissionError(f"{event}: there is no network")


sys.addaudithook(forbid)
"""
"""Read by every Python that starts with it on its path, so by children of a job, too."""


@pytest.fixture
def isolated(tmp_path: Path) -> dict[str, str]:
    """The environment of a process that reaches nothing."""
    folder = tmp_path / "isolation"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(HOOK)
    return {"PATH": os.environ["PATH"], "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}


def run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    "call",
    ["create_connection(('127.0.0.1', 9))", "getaddrinfo('s3.amazonaws.com', 443)", "socket()"],
)
def test_there_is_no_network_in_isolation(isolated: dict[str, str], call: str) -> None:
    finished = run(isolated, "-c", f"import socket; socket.{call}")
    assert "there is no network" in finished.stderr


def test_a_night_is_featurised_and_evaluated_beside_a_champion_in_isolation(
    night: Any, isolated: dict[str, str]
) -> None:
    assert night.featurise() == 0
    pack(night, train(night).save_raw("ubj"))
    root = night.root
    featurised = run(
        isolated,
        *("-m", "jobs.featurise", f"--manifest={root / 'objects.json'}", "--data-date=2026-11-21"),
        *(f"--source={root / 'source'}", f"--output={root / 'again'}", f"--message={root / 'm1'}"),
    )
    assert featurised.returncode == 0, featurised.stderr
    evaluated = run(
        isolated,
        *("-m", "jobs.evaluate", f"--model={root / 'model'}", f"--champion={root / 'model'}"),
        *(f"--champion-features={features_digest()}", f"--holdout={root / 'again' / 'holdout'}"),
        *(f"--output={root / 'evaluation'}", f"--message={root / 'm2'}"),
    )
    assert evaluated.returncode == 0, evaluated.stderr
    assert '"not_compared"' not in (root / "evaluation" / "evaluation.json").read_text()
