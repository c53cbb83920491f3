"""What every job of ours shares at its edges: parsing arguments and leaving an ExitMessage."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from jobs.errors import InvalidArgument, JobFailure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MAX_MESSAGE_BYTES = 1024
"""DescribeProcessingJob returns the first kilobyte of /opt/ml/output/message as ExitMessage."""


class ArgumentParser(argparse.ArgumentParser):
    """A parser whose complaints are typed failures instead of exit code 2."""

    def error(self, message: str) -> NoReturn:
        """Raise InvalidArgument with argparse's own words."""
        raise InvalidArgument(f"{message}; see the usage: {' '.join(self.format_usage().split())}")


def run(job: Callable[[Sequence[str]], str], arguments: Sequence[str]) -> int:
    """Run ``job``, write its closing line or its failure to ``--message``, return the exit code.

    Anything but a JobFailure is a defect of ours: it leaves with its traceback in the job's log.
    """
    try:
        message, exit_code = job(arguments), 0
    except JobFailure as failure:
        message, exit_code = f"{type(failure).__name__}: {failure}", 1
    sys.stdout.write(f"{message}\n")
    _write_message(arguments, message)
    return exit_code


def _write_message(arguments: Sequence[str], message: str) -> None:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--message", type=Path)
    try:
        path: Path | None = parser.parse_known_args(arguments)[0].message
    except argparse.ArgumentError:
        return
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_first_kilobyte(message))


def _first_kilobyte(message: str) -> bytes:
    whole_characters = message.encode()[:MAX_MESSAGE_BYTES].decode(errors="ignore")
    return whole_characters.encode()
