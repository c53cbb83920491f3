"""Nights that meet the model in production, on a deployed application."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from lineage.champion import Comparison, Figures
from ops.night import Night
from ops.registry import find
from tests.machine.application import SMALL, Application, deployed, generate_night
from tests.machine.fortnight import Fortnight
from tests.machine.lineage_index import LineageIndex, of_run, of_type
from tests.machine.rollouts import Rollouts

pytestmark = pytest.mark.slow

FIRST, SECOND = date(2026, 6, 15), date(2026, 7, 15)
SERVERLESS = timedelta(minutes=10)
CONSTANT = {
    "objective": "binary:logistic",
    "eval_metric": "auc",
    "num_round": "1",
    "eta": "0",
}
"""Makes a model that scores all rows alike: no day is so short that it is as good as another."""
NON_INFERIOR = {"GateMode": "threshold-and-non-inferior"}


@pytest.fixture(scope="module")
def application(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """A stack whose production is this module's own."""
    scratch = tmp_path_factory.mktemp("champions")
    for data_date in (FIRST, SECOND):
        generate_night(scratch, data_date)
    start_at = datetime.combine(SECOND + timedelta(days=1), time(12), UTC)
    with deployed(project, scratch, start_at, lambda it: it.create(SMALL)) as running:
        running.deliver(scratch)
        yield running


@dataclass(frozen=True)
class Season:
    """Nights one after another, and what production served meanwhile."""

    alone: Night
    better: Night
    worse: Night
    rejected: Night
    alike: Night
    past: Night
    robbed: Night
    index: LineageIndex
    application: Application


@pytest.fixture(scope="module")
def season(application: Application) -> Season:
    """A constant goes into production, a good model takes over from it, and meets others."""
    rollouts = Rollouts(application)

    def run(data_date: date, **given: Any) -> Night:
        told = {"DataDate": str(data_date), "AllowMissingPartitions": True, **given}
        return application.run(told)

    def promote(night: Night) -> None:
        assert night.package_arn, night
        rollouts.begin(night.package_arn)
        rollouts.pass_time(SERVERLESS)
        assert rollouts.serves(rollouts.production, night.package_arn)

    alone = run(FIRST, Hyperparameters=CONSTANT, **NON_INFERIOR)
    promote(alone)
    better = run(SECOND, **NON_INFERIOR)
    promote(better)
    with rollouts.replaced(rollouts.model_uri(better.package_arn), None):
        robbed = run(SECOND, **NON_INFERIOR, NonInferiorityMargin=0)
    application.client("stepfunctions").redrive_execution(executionArn=robbed.execution_arn)
    application.aws.advance_to(application.now())
    return Season(
        alone=alone,
        better=better,
        worse=run(SECOND, Hyperparameters=CONSTANT),
        rejected=run(SECOND, Hyperparameters=CONSTANT, **NON_INFERIOR),
        alike=application.night(robbed.execution_arn),
        past=run(FIRST, **NON_INFERIOR),
        robbed=robbed,
        index=LineageIndex(application.client("sagemaker")),
        application=application,
    )


def met(night: Night) -> Comparison:
    assert night.compared is not None, night.error
    return night.compared


def figures(night: Night) -> Figures:
    found = met(night).figures
    assert found is not None, met(night).not_compared
    return found


def test_the_first_model_is_inferior_to_nothing(season: Season) -> None:
    assert (season.alone.status, season.alone.decision) == ("SUCCEEDED", "registered")
    assert season.alone.compared is None


def test_a_better_model_is_registered_with_both_figures(season: Season) -> None:
    found = figures(season.better)
    assert season.better.decision == "registered"
    assert met(season.better).package_arn == season.alone.package_arn
    assert 0 < found.lower < found.difference
    assert season.better.auc == pytest.approx(found.auc + found.difference)


def test_a_worse_model_is_registered_by_the_threshold_alone(season: Season) -> None:
    found = figures(season.worse)
    assert (season.worse.decision, season.worse.reason) == ("registered", "")
    assert met(season.worse).package_arn == season.better.package_arn
    assert found.auc == season.better.auc
    assert found.upper < 0


def test_a_worse_model_is_rejected_with_the_reason_where_it_must_not_be_inferior(
    season: Season,
) -> None:
    assert (season.rejected.status, season.rejected.decision) == ("SUCCEEDED", "rejected")
    assert season.rejected.reason == "NonInferiorityNotShown"
    assert met(season.rejected) == met(season.worse)
    (night,) = (
        it["Properties"]
        for it in season.index.actions.values()
        if it["Source"]["SourceUri"] == season.rejected.execution_arn
    )
    assert (night["Decision"], night["Reason"]) == ("Rejected", "NonInferiorityNotShown")
    assert (night["GateMode"], night["NonInferiorityMargin"]) == (NON_INFERIOR["GateMode"], "0.01")


def test_the_same_model_differs_by_nothing_and_is_registered_without_any_margin(
    season: Season,
) -> None:
    """Once its champion is there again, and the night was redriven that could not have it."""
    found = figures(season.alike)
    assert (found.difference, found.lower, found.upper) == (0, 0, 0)
    assert season.alike.decision == "registered"


@pytest.mark.parametrize(
    ("name", "reason"), [("past", "was trained on days up to"), ("robbed", "NoSuchKey")]
)
def test_a_comparison_that_is_demanded_and_cannot_be_fails_before_anything_starts(
    name: str, reason: str, season: Season
) -> None:
    night: Night = getattr(season, name)
    assert (night.status, night.decision) == ("FAILED", "none")
    assert night.error.startswith("ChampionNotComparable: ")
    assert reason in night.error
    assert [step.name for step in night.steps] == ["PrepareNight"]


def test_explain_tells_the_champion_and_diff_what_each_was_compared_with(season: Season) -> None:
    fortnight = facts_of(season)
    explained = fortnight.explain(season.worse)
    assert explained["Evaluation"]["Champion"] == met(season.worse).document
    assert explained["Decision"]["Mode"] == "threshold"
    a, b = season.better.package_arn, season.worse.package_arn
    found = fortnight.ask("diff", A=a, B=b)
    assert found["Champion"]["PackageArn"] == {"A": season.alone.package_arn, "B": a}
    assert found["Causes"] == ["Hyperparameters", "Settings"]
    assert fortnight.ask("audit")["Clean"]


def test_the_registry_tells_an_approver_the_comparison_and_whose_it_is(season: Season) -> None:
    sagemaker = season.application.client("sagemaker")
    group = season.application.outputs["ModelPackageGroupName"]
    alone, better = (
        find(sagemaker, group, night.package_arn) for night in (season.alone, season.better)
    )
    assert alone.compared is None
    assert better.compared is not None
    assert better.compared.package_arn == season.alone.package_arn
    assert better.compared.document == pytest.approx(met(season.better).document)
    assert f"{figures(season.better).shown_difference} to version {alone.version}," in str(better)


def test_no_night_descends_from_its_champion(season: Season) -> None:
    """Neither by what we wrote, nor by what SageMaker connected by itself."""
    index, night = season.index, season.worse
    own = f"dt={night.data_date}/{facts_of(season).run_id(night)}"
    reached, waiting = set[str](), {index.artifact_of(night.package_arn)}
    waiting |= {arn for arn, it in index.artifacts.items() if run_of(it) == own}
    while waiting:
        reached |= waiting
        waiting = {source for source, to in index.edges if to in waiting} - reached
    pinned = [uri for uri in uris(index, reached) if "/champion/" in uri]
    assert len(pinned) == 1, "SageMaker has connected it: its copy, of this night alone"
    folders = {run_of(index.artifacts[arn]) for arn in reached if arn in index.artifacts}
    assert folders - {""} == {own}


def uris(index: LineageIndex, arns: set[str]) -> list[str]:
    return [it["Source"]["SourceUri"] for arn, it in index.artifacts.items() if arn in arns]


def run_of(artifact: dict[str, Any]) -> str:
    """The run's folder in an artifact's URI; empty if it lies in none."""
    _, _, folder = artifact["Source"]["SourceUri"].partition("/runs/")
    return "/".join(folder.split("/")[:2])


def facts_of(season: Season) -> Fortnight:
    return Fortnight(season.application, [], Path(), [], season.index)


def test_a_champion_costs_no_lineage_entity(season: Season) -> None:
    index = season.index
    run_id = facts_of(season).run_id(season.worse)
    actions, artifacts = of_run(index.actions, run_id), of_run(index.artifacts, run_id)
    near = actions | artifacts | of_type(index.contexts, ["Workflow", "Endpoint"])
    edges = {it for it in index.edges if set(it) <= near}
    assert (len(actions), len(artifacts)) == (5, 6)
    assert len(edges) <= 15
