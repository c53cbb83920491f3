"""Nights per second: the whole application on the embedded AWS, whose jobs take no time."""

from __future__ import annotations

import tempfile
import time
from datetime import timedelta
from pathlib import Path

from demo.deploy import build
from demo.local_aws import ROOT, LocalAws
from tests.soak.nights import FIRST_DATE, deployed, scheduled

_BUILT = ROOT / ".aws-sam" / "local"


def nights_per_second(nights: int) -> list[float]:
    """A figure for each of some nights, from its start to where nothing works any more.

    Each registers a package, whose rollout to the candidate endpoint and smoke test are part of it.
    """
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        # A build asks nothing of AWS; the endpoint only says that it is for this machine.
        build(LocalAws("http://127.0.0.1"), Path(folder) / "sam.log")
        with deployed(_BUILT, Path(folder) / "nights", job_seconds=0) as application:
            for number in range(nights):
                data_date = FIRST_DATE + timedelta(days=number)
                application.deliver(data_date)
                application.wait_until(scheduled(data_date))
                begun = time.perf_counter()
                application.start(data_date)
                application.settle()
                figures.append(1 / (time.perf_counter() - begun))
    return figures
