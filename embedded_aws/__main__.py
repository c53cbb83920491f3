"""``python -m embedded_aws``: serves one instance until it is told to stop."""

from __future__ import annotations

import argparse
import gc
import logging
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from embedded_aws.clock import ClockMode
from embedded_aws.faults.fault import Fault
from embedded_aws.faults.reading import load_faults
from embedded_aws.faults.unreadable import InvalidFaults
from embedded_aws.instance import serve
from embedded_aws.settings import DEFAULT_REGION, Settings
from embedded_aws.supervision import supervised

_POLL_SECONDS = 0.1


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM; the first line of standard output is the endpoint's URL."""
    arguments = _parser().parse_args(argv)
    logging.basicConfig(level=arguments.log_level, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("botocore").setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="embedded-aws-", ignore_cleanup_errors=True) as scratch:
        return supervised(lambda: _serve(_settings(arguments, Path(scratch))))


def _serve(settings: Settings) -> int:
    # A list, not an Event: a second signal inside Event.set() would wait for the lock it holds.
    told: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: told.append(number))
    try:
        with serve(settings) as instance:
            # Modules and service models stay: looking through them for garbage takes most of
            # a second, in the middle of some request.
            gc.freeze()
            print(instance.url, flush=True)
            while not told:
                time.sleep(_POLL_SECONDS)
    finally:
        # For the supervisor, should it have been killed.
        shutil.rmtree(settings.scratch, ignore_errors=True)
    return 0


def _settings(arguments: argparse.Namespace, scratch: Path) -> Settings:
    return Settings(
        scratch=scratch,
        port=arguments.port,
        region=arguments.region,
        start_at=arguments.start_at,
        lambda_python=arguments.lambda_python,
        job_python=arguments.job_python,
        clock_mode=arguments.clock,
        faults=arguments.faults,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="embedded_aws", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="loopback port; 0: any free one")
    parser.add_argument("--region", default=DEFAULT_REGION)
    parser.add_argument(
        "--start-at", type=_instant, default=datetime.now(UTC), help="the clock's first instant"
    )
    parser.add_argument("--lambda-python", type=Path, default=Path(sys.executable))
    parser.add_argument("--job-python", type=Path, default=Path(sys.executable))
    parser.add_argument(
        "--clock", type=ClockMode, choices=list(ClockMode), default=ClockMode.SKIP,
        help="how virtual time passes at first; skip: over waits in a jump",
    )  # fmt: skip
    parser.add_argument(
        "--faults", type=_faults, default=(), metavar="FILE", help="YAML of scripted faults"
    )
    parser.add_argument("--log-level", default="WARNING")
    return parser


def _instant(text: str) -> datetime:
    when = datetime.fromisoformat(text)
    if when.tzinfo is None:
        message = f"{text} has no UTC offset; add one, such as Z"
        raise argparse.ArgumentTypeError(message)
    return when


def _faults(file: str) -> tuple[Fault, ...]:
    try:
        return load_faults(Path(file))
    except InvalidFaults as invalid:
        raise argparse.ArgumentTypeError(str(invalid)) from invalid


if __name__ == "__main__":
    sys.exit(main())
