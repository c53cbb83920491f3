"""The server as a process: it ends when it is told to, however often."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from docs.generate import ROOT


@pytest.mark.slow
@pytest.mark.parametrize("attempt", range(3))
def test_two_signals_at_once_end_it_as_one_does(attempt: int) -> None:
    """A terminal's Ctrl-C reaches the whole group, and the parent adds a SIGTERM of its own."""
    with subprocess.Popen(
        [sys.executable, "-m", "embedded_aws"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("http://127.0.0.1:"), attempt
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
