"""An instance that stops while jobs run."""

from __future__ import annotations

import os
import select
from collections.abc import Callable
from pathlib import Path
from typing import Any

from embedded_aws.clock import ClockMode
from embedded_aws.instance import serve
from embedded_aws.sagemaker.jobs.fates import Fate
from embedded_aws.settings import Settings

PATIENCE_SECONDS = 30
DEAF = """
import os, pathlib, signal, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
written = pathlib.Path(sys.argv[1] + ".part")
written.write_text(str(os.getpid()))
written.rename(sys.argv[1])
while True:
    signal.pause()
"""


def test_no_process_and_no_file_of_a_job_is_left_behind(
    tmp_path: Path, user_of: Callable[..., Any]
) -> None:
    """Not even of a job that does not listen to SIGTERM."""
    with serve(Settings(scratch=tmp_path)) as instance:
        user = user_of(instance)
        request = user.processing(DEAF, arguments=["/opt/ml/output/message"])
        user.sagemaker.create_processing_job(**request)
        (written,) = user.until(lambda: list(tmp_path.rglob("opt/ml/output/message")), bool)
        handle = os.pidfd_open(int(written.read_text()))
    with os.fdopen(handle):
        ended, _, _ = select.select([handle], [], [], PATIENCE_SECONDS)
    assert ended
    assert list((tmp_path / "sagemaker").iterdir()) == []


class NoCapacity:
    """Lets every job wait."""

    def fate_of(self, *_: Any) -> Fate:
        return Fate(pending_seconds=1_000_000)


def test_a_job_that_waits_for_capacity_does_not_keep_its_instance(
    tmp_path: Path, user_of: Callable[..., Any]
) -> None:
    settings = Settings(scratch=tmp_path, clock_mode=ClockMode.REAL)
    with serve(settings, NoCapacity()) as instance:
        user = user_of(instance)
        user.sagemaker.create_processing_job(**user.processing("pass"))
    assert list((tmp_path / "sagemaker").iterdir()) == []
