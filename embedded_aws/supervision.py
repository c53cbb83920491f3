"""Sees that nothing outlives a server, however it ends: not its jobs, not its functions.

What a killed process started goes on without it. So a server runs in a child process, and its
parent adopts whatever it leaves behind (Linux: prctl(2), PR_SET_CHILD_SUBREAPER) and kills it.
Should the parent be killed, the kernel tells the server to end, which does the same. Elsewhere
than on Linux, orphans come to their own end.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

_SIGNALLED = 128
_SET_PARENT_DEATH_SIGNAL = 1
_SET_CHILD_SUBREAPER = 36


def supervised(serve: Callable[[], int]) -> int:
    """Run ``serve`` in a child process; its exit code, once nothing that it started is left.

    SIGINT and SIGTERM are handed on. Must be called from the main thread, before any other starts.
    """
    _control_process(_SET_CHILD_SUBREAPER, 1)
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        os._exit(_served(serve, parent))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: _hand_on(number, child))
    code = _wait_for(child)
    _kill_orphans()
    return code


def _served(serve: Callable[[], int], parent: int) -> int:
    _control_process(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)
    _control_process(_SET_CHILD_SUBREAPER, 1)
    if os.getppid() != parent:
        return _SIGNALLED + signal.SIGTERM
    try:
        return serve()
    finally:
        _kill_orphans()
        sys.stdout.flush()
        sys.stderr.flush()


def _hand_on(number: int, child: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(child, number)


def _wait_for(child: int) -> int:
    while True:
        # Reaps adopted processes on the way.
        ended, status = os.wait()
        if ended == child:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else _SIGNALLED - code


def _kill_orphans() -> None:
    # A killed orphan's children become ours in turn.
    while orphans := list(_children()):
        for orphan in orphans:
            os.kill(orphan, signal.SIGKILL)
            os.waitpid(orphan, 0)


def _children() -> Iterator[int]:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            # proc_pid_stat(5): the name in parentheses may hold anything; the parent is second.
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            if parent == os.getpid():
                yield int(stat.parent.name)


def _control_process(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
