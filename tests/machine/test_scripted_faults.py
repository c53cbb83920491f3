"""Nights under the faults of the example files: they take their retries, or fail by name."""

from __future__ import annotations

import json
import urllib.request
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
import yaml

from demo.local_aws import ROOT
from ops.night import Night
from tests.machine.application import (
    SMALL_LOOKBACK_DAYS,
    Application,
    generate,
    generate_night,
)
from tests.machine.golden import require_golden

pytestmark = pytest.mark.slow

EXAMPLES = ROOT / "examples" / "faults"
EXAMPLE = EXAMPLES / "throttled-night.yaml"
BAD_WEEK = EXAMPLES / "bad-week.yaml"
BAD_PARTITION = "the day's partition is no Parquet file"
FATAL = {
    BAD_PARTITION,
    "there is no capacity all night",
    "the evaluation's process is killed",
}


def control(application: Application, method: str, body: bytes | None = None) -> Any:
    """Ask about the faults of the application's embedded AWS, or change them."""
    request = urllib.request.Request(  # noqa: S310  # loopback
        f"{application.aws.url}/_embedded/faults", body, method=method
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310  # as above
        return json.load(answer)


@dataclass(frozen=True)
class Faulty:
    """A night that ran while the example's faults were on, what they did, what it registered."""

    night: Night
    report: Any
    registered: set[str]


@pytest.fixture(scope="module")
def faulty(
    application: Application,
    unused_date: Callable[[], date],
    tmp_path_factory: pytest.TempPathFactory,
) -> Faulty:
    folder, data_date = tmp_path_factory.mktemp("night"), unused_date()
    generate(folder, data_date - timedelta(days=SMALL_LOOKBACK_DAYS), data_date)
    application.deliver(folder)
    before = application.packages()
    control(application, "POST", EXAMPLE.read_bytes())
    night = application.run({"DataDate": data_date.isoformat()})
    report = control(application, "GET")
    control(application, "DELETE")
    return Faulty(night, report, set(application.packages()) - set(before))


@pytest.fixture
def night(faulty: Faulty) -> Night:
    return faulty.night


@pytest.fixture
def report(faulty: Faulty) -> Any:
    return faulty.report


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


def test_a_lost_answer_registers_nothing_twice(faulty: Faulty) -> None:
    assert faulty.registered == {faulty.night.package_arn}


@pytest.fixture(scope="module")
def bad_and_redriven(
    application: Application,
    unused_date: Callable[[], date],
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Night, Night]:
    """A night of the bad week's bad partition, and the night redriven among its lesser faults."""
    folder, data_date = tmp_path_factory.mktemp("bad-week"), unused_date()
    generate_night(folder, data_date)
    application.deliver(folder)
    faults = in_any_night(BAD_WEEK.read_text().replace("2026-11-13", data_date.isoformat()))
    with application.faults([it for it in faults if it["name"] == BAD_PARTITION]):
        given = {"DataDate": data_date.isoformat(), "AllowMissingPartitions": True}
        bad = application.run(given)
    with application.faults([it for it in faults if it["name"] not in FATAL]):
        application.client("stepfunctions").redrive_execution(executionArn=bad.execution_arn)
        application.aws.advance_to(application.now())
        return bad, application.night(bad.execution_arn)


def in_any_night(text: str) -> list[dict[str, Any]]:
    """The faults of a file, at whatever time."""
    faults: list[dict[str, Any]] = yaml.load(text, yaml.CSafeLoader)["faults"]
    return [{k: v for k, v in it.items() if k not in {"from", "until"}} for it in faults]


def test_a_partition_that_cannot_be_read_ends_its_night_by_name(
    bad_and_redriven: tuple[Night, Night],
) -> None:
    bad, _ = bad_and_redriven
    assert (bad.status, bad.retries) == ("FAILED", 0)
    told = ("AlgorithmError: Featurise", "UnreadablePartition", bad.data_date, "nightly rerun")
    assert [text for text in told if text not in bad.error] == []


def test_it_ends_the_known_way(
    application: Application, bad_and_redriven: tuple[Night, Night]
) -> None:
    history = application.history(bad_and_redriven[1])
    redriven_at = [it["type"] for it in history].index("ExecutionRedriven")
    require_golden("bad-partition", history[:redriven_at])


def test_the_bad_weeks_lesser_faults_cost_retries_but_no_night(
    bad_and_redriven: tuple[Night, Night],
) -> None:
    _, redriven = bad_and_redriven
    assert redriven.status == "SUCCEEDED", redriven.error
    failures = {step.name: step.failures for step in redriven.steps if step.failures}
    throttled = ("SageMaker.AmazonSageMakerException (ThrottlingException)",) * 2
    assert failures["TrainXGB"][-4:] == (*throttled, *("SageMaker.CAPACITY_ERROR",) * 2)
    assert "SageMaker.JOB_INTERNAL_ERROR" in failures["Evaluate"]
    assert {"ReadAuc", "RegisterIfGoodEnough"} <= failures.keys()
