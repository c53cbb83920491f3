"""Jobs that are done once and replayed ever after: what a night costs besides is what remains."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

_PROGRAM = Path(__file__).with_name("kept_job.sh")


def keeping_python(folder: Path) -> Path:
    """An interpreter for jobs that keeps results beneath a folder; its path.

    Every job of one module gets the results of the first, whatever its input. The first must
    have ended before a second one begins.
    """
    script = folder / "python"
    command = shlex.join(["/bin/sh", str(_PROGRAM), sys.executable, str(folder)])
    script.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
    script.chmod(0o755)
    return script
