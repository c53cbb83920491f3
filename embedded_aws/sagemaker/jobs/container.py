"""One child process that stands for a container, ended together with all that it started."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


class Container:
    """A program in a session of its own, its output in one file.

    Raises:
        OSError: the program is not there or cannot be run.
    """

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], root: Path, log: Path
    ) -> None:
        with log.open("wb") as output:
            self._process = subprocess.Popen(  # noqa: S603  # running the job's command is the point
                command,
                env=dict(environment),
                cwd=root,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait(self) -> int:
        """Wait for the program's end; its exit code as Docker would tell it.

        A container ends with its first process: whatever that left running is killed
        before the process is reaped, while its process group cannot be anybody else's.
        """
        os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT)
        self._signal(signal.SIGKILL)
        code = self._process.wait()
        return code if code >= 0 else 128 - code

    def terminate(self) -> None:
        """Ask the program and its children to end."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the program and its children at once."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        if self._process.returncode is None:
            try:
                os.killpg(self._process.pid, number)
            except ProcessLookupError:
                # It ended between the check and the signal.
                return
