"""A night under the faults of the example file: it takes its retries, and ends as any other."""

from __future__ import annotations

import json
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from demo.local_aws import ROOT
from ops.night import Night
from tests.machine.application import SMALL_LOOKBACK_DAYS, Application, generate

pytestmark = pytest.mark.slow

EXAMPLE = ROOT / "examples" / "faults" / "throttled-night.yaml"


def control(application: Application, method: str, body: bytes | None = None) -> Any:
    """Ask about the faults of the application's embedded AWS, or change them."""
    request = urllib.request.Request(  # noqa: S310  # loopback
        f"{application.aws.url}/_embedded/faults", body, method=method
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310  # as above
        return json.load(answer)


@pytest.fixture(scope="module")
def packages_before(application: Application) -> list[str]:
    return application.packages()


@pytest.fixture(scope="module")
def night(
    application: Application,
    unused_date: Callable[[], date],
    packages_before: list[str],  # noqa: ARG001  # counted before
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Night]:
    """A night that ran while the example's faults were on."""
    folder, data_date = tmp_path_factory.mktemp("night"), unused_date()
    generate(folder, data_date - timedelta(days=SMALL_LOOKBACK_DAYS), data_date)
    application.deliver(folder)
    control(application, "POST", EXAMPLE.read_bytes())
    yield application.run({"DataDate": data_date.isoformat()})
    control(application, "DELETE")


@pytest.fixture(scope="module")
def report(application: Application, night: Night) -> Any:  # noqa: ARG001  # after the night
    return control(application, "GET")


def test_the_night_succeeds_all_the_same(night: Night) -> None:
    assert (night.status, night.decision) == ("SUCCEEDED", "registered"), night.error


def test_every_fault_of_the_example_struck(report: Any) -> None:
    assert [fault["name"] for fault in report["faults"] if not fault["fired"]] == []


def test_each_state_shows_its_retries(night: Night) -> None:
    retries = {step.name: step.retries for step in night.steps if step.retries}
    assert retries.pop("RecordFeaturise", 0) == 1
    assert retries == {"TrainXGB": 2, "ReadAuc": 1, "RegisterIfGoodEnough": 1}


def test_a_throttled_poll_shows_nowhere(report: Any, night: Night) -> None:
    struck = Counter(firing["operation"] for firing in report["firings"])
    assert struck["DescribeProcessingJob"] > 0
    assert next(step for step in night.steps if step.name == "Evaluate").retries == 0


def test_a_lost_answer_registers_nothing_twice(
    application: Application, night: Night, packages_before: list[str]
) -> None:
    assert set(application.packages()) - set(packages_before) == {night.package_arn}
