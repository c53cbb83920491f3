"""What this process and all that it started have had of the processors, the living included."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
# utime to cstime among the words behind a process's name (proc(5), /proc/pid/stat).
_TIMES = slice(11, 15)


def processor_seconds() -> float:
    """User and system time so far, of what has ended too."""
    return _seconds(os.getpid()) + sum(map(_seconds, _descendants(os.getpid())))


def _seconds(process_id: int) -> float:
    # A process may end while it is looked at, and counts among its parent's then.
    with suppress(OSError):
        behind_name = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2]
        return sum(map(int, behind_name.split()[_TIMES])) / _TICKS_A_SECOND
    return 0.0


def _descendants(process_id: int) -> Iterator[int]:
    for thread in Path(f"/proc/{process_id}/task").glob("*"):
        with suppress(OSError):
            for child in map(int, (thread / "children").read_text().split()):
                yield child
                yield from _descendants(child)
