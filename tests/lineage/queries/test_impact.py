"""What something touched, as the records tell."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from lineage import names
from lineage.queries.impact import impact
from lineage.queries.subject import Subject
from lineage.records.record import Record
from lineage.records.shelf import RecordedNight
from lineage.rendering.impact import as_text
from lineage.rollouts.settling import Seen, settle
from lineage.rollouts.switches import Reign, iso_milliseconds, reigns, switches_of
from lineage.schema import require_valid
from lineage.vocabulary import ActionType, Cause, Stage
from tests.lineage import builders
from tests.lineage.graphs import graph_until
from tests.lineage.nights import put
from tests.lineage.production import ENDPOINT, FIRST, Production

FILE = "s3://fraud/labelled/dt=2026-11-03/part-0.parquet"
ONE = builders.a_night("11111111", dataset="one")
OTHER = builders.a_night("22222222", dataset="other", workflow="other")
REJECTED = builders.a_night("33333333", dataset="third")
PACKAGE = builders.a_package(ONE)["ModelPackageArn"]


def recorded(night: dict[str, Any], last: Stage, auc: float = 0.9512) -> RecordedNight:
    graph = graph_until(min(last, Stage.REGISTRATION, key=lambda it: it.position), night, auc)
    record = Record(f"{night['RecordUri']}x.json", last, night, graph)
    if last is not Stage.DEPLOYMENT_OUTCOME:
        return RecordedNight(record)
    registered = Record(record.uri, Stage.REGISTRATION, night, graph)
    ended = Record("s3://fraud/d-outcome.json", last, night, graph_until(last, night))
    return RecordedNight(registered, (ended,))


NIGHTS = [
    recorded(ONE, Stage.DEPLOYMENT_OUTCOME),
    recorded(OTHER, Stage.TRAINING),
    recorded(REJECTED, Stage.EVALUATION, auc=0.9),
]
DATES = [each.night["DataDate"] for each in NIGHTS]


def _reigns() -> list[Reign]:
    """The first night's package served, was replaced by nobody knows what, and was restored."""
    (deployment,) = NIGHTS[0].graph.actions(ActionType.MODEL_DEPLOYMENT)
    (own,) = switches_of(deployment, "s3://fraud/d-outcome.json")
    passing = replace(own, caused_by="other", endpoint_config_name="other", served=None)
    restored = replace(passing, endpoint_config_name=own.endpoint_config_name, cause=Cause.RESTORED)
    day = timedelta(days=1)
    log = [own, replace(passing, at=own.at + day), replace(restored, at=own.at + 2 * day)]
    return list(reigns(log))


REIGNS = _reigns()


def objects(objects_uri: str) -> Collection[str]:
    """The second night was allowed to miss the third of November."""
    days = {f"2026-11-{day:02}" for day in range(1, 22)}
    missed = {"2026-11-03"} if OTHER["Dataset"]["Digest"] in objects_uri else set()
    return {f"s3://fraud/labelled/dt={day}/part-0.parquet" for day in days - missed}


def told(subject: str) -> dict[str, Any]:
    found = impact(Subject.parse(subject), NIGHTS, REIGNS, objects, DATES, list)
    require_valid(json.loads(json.dumps(found)), "impact")
    return found


def runs(found: dict[str, Any]) -> list[str]:
    return [night["RunId"][-8:] for night in found["Nights"]]


def test_a_data_date_touches_the_nights_that_read_it_in_its_role() -> None:
    found = told("2026-11-03")
    assert runs(found) == ["11111111", "33333333"]
    assert found["Nights"][0]["Roles"] == ["train"]
    assert (found["Packages"], found["Endpoints"]) == ([PACKAGE], ["fraud-candidate"])


@pytest.mark.parametrize(
    ("date", "role"),
    [("2026-11-07", "validation"), ("2026-11-15", "holdout"), ("2026-11-10", "lookback")],
)
def test_a_date_is_what_the_night_used_it_for(date: str, role: str) -> None:
    assert told(date)["Nights"][0]["Roles"] == [role]


def test_a_run_touches_what_came_of_it_alone() -> None:
    found = told(ONE["RunId"])
    assert found["Subject"] == {"Kind": "Run", "Value": ONE["RunId"]}
    assert runs(found) == ["11111111"]
    assert (found["Nights"][0]["Roles"], found["Packages"]) == (["night"], [PACKAGE])
    assert as_text(found).startswith(f"run {ONE['RunId']} touched 1 night, 1 package, fraud-")


def test_a_date_out_of_every_window_touches_nothing() -> None:
    found = told("2027-01-01")
    assert (found["Nights"], found["Packages"], found["Endpoints"]) == ([], [], [])
    text = as_text(found)
    assert "data date 2027-01-01 touched nothing\n" in text
    assert "3 nights on record, of data dates 2026-11-21 to 2026-11-21." in text


def test_before_the_first_night_the_answer_says_that_none_is_on_record() -> None:
    found = impact(Subject.parse("2026-11-03"), [], [], objects, [], list)
    require_valid(found, "impact")
    assert "No night is on record yet." in as_text(found)


def test_one_night_and_one_package_are_told_in_the_singular() -> None:
    assert " touched 1 night, 1 package, fraud-candidate\n" in as_text(
        told(ONE["Dataset"]["Digest"])
    )


def test_a_night_names_what_really_served_its_package_and_when() -> None:
    first, again = told(ONE["Dataset"]["Digest"])["Nights"][0]["Served"]
    assert first["EndpointName"] == again["EndpointName"] == "fraud-candidate"
    assert first["Deployment"] == again["Deployment"]
    assert first["From"] < first["Until"] < again["From"]
    assert "Until" not in again


def test_a_rollout_that_never_served_touches_no_endpoint() -> None:
    """The deployment is on record, but no traffic ever came."""
    found = impact(Subject.parse(ONE["Dataset"]["Digest"]), NIGHTS, [], objects, DATES, list)
    assert (found["Packages"], found["Endpoints"]) == ([PACKAGE], [])


def test_a_file_touches_the_nights_whose_snapshot_names_it() -> None:
    found = told(FILE)
    assert runs(found) == ["11111111", "33333333"]
    assert found["Subject"] == {"Kind": "Object", "Value": FILE}


@pytest.mark.parametrize(
    ("subject", "role"),
    [
        (ONE["Dataset"]["Digest"], "source"),
        (ONE["Dataset"]["ManifestUri"], "DataSet"),
        (builders.the_jobs(ONE).train["ModelArtifacts"]["S3ModelArtifacts"], "Model"),
        (builders.job_name(ONE, "featurise"), "ProcessingJob"),
        (builders.the_jobs(ONE).train["TrainingJobArn"], "TrainingJob"),
        (builders.job_name(ONE, "evaluate"), "Evaluation"),
    ],
)
def test_what_belongs_to_one_night_touches_it_alone(subject: str, role: str) -> None:
    found = told(subject)
    assert runs(found) == ["11111111"]
    assert found["Nights"][0]["Roles"] == [role]


def test_what_touched_nothing_needs_no_look_at_what_served() -> None:
    reigns = iter(REIGNS)
    assert impact(Subject.parse("0" * 64), NIGHTS, reigns, objects, DATES, list)["Nights"] == []
    assert list(reigns) == list(REIGNS)


@pytest.mark.parametrize(
    ("subject", "role"),
    [
        (builders.IMAGE_URI, "image"),
        (ONE["Code"]["Digest"], "code"),
        (ONE["Code"]["Commit"], "code"),
        (ONE["Code"]["Commit"][:7], "code"),
    ],
)
def test_what_nights_share_touches_all_of_them(subject: str, role: str) -> None:
    found = told(subject)
    assert runs(found) == ["11111111", "22222222", "33333333"]
    assert {tuple(night["Roles"]) for night in found["Nights"]} == {(role,)}


def test_an_image_digest_is_known_of_registered_packages() -> None:
    assert runs(told(f"sha256:{'1d' * 32}")) == ["11111111"]


def test_a_night_says_how_far_it_came() -> None:
    nights = told(builders.IMAGE_URI)["Nights"]
    assert [night.get("Decision") for night in nights] == ["Passed", None, "Rejected"]
    text = as_text(told(builders.IMAGE_URI))
    assert "as image  version 7\n            on fraud-candidate from 2026-" in text
    assert "not decided" in text
    assert "rejected" in text


HOUR = timedelta(hours=1)


def of_first(production: Production) -> dict[str, Any]:
    """The impact of the first night's data, as an account tells it."""
    found = production.query.impact(production.nights[0].document["Dataset"]["Digest"])
    require_valid(json.loads(json.dumps(found)), "impact")
    return found


def partly(production: Production) -> list[dict[str, Any]]:
    """Where the first package served while traffic moved."""
    (night,) = of_first(production)["Nights"]
    return [each for each in night["Served"] if each.get("Partly")]


def test_a_canary_that_was_rolled_back_touched_its_endpoint_partly() -> None:
    production = Production()
    production.roll_out(2, switched=0 * HOUR)
    name = production.roll_out(1, shifting=HOUR, restored=2 * HOUR)
    found = of_first(production)
    (only,) = partly(production)
    assert found["Endpoints"] == [only["EndpointName"]] == [ENDPOINT]
    assert only["Deployment"] == name
    times = [iso_milliseconds(FIRST + it * HOUR) for it in (1, 2)]
    assert [only["From"], only["Until"]] == times
    assert f"partly, while traffic moved, from {times[0]} until {times[1]}" in as_text(found)


def test_what_came_to_serve_all_requests_served_some_before() -> None:
    production = Production()
    production.roll_out(1, shifting=HOUR, switched=2 * HOUR)
    (only,) = partly(production)
    assert only["Until"] == iso_milliseconds(FIRST + 2 * HOUR)


def test_until_when_an_aborted_rollout_moved_traffic_is_what_the_switch_log_says() -> None:
    production = Production()
    production.roll_out(1, shifting=HOUR, EndpointConfigName=f"{ENDPOINT}-v1-1")
    (only,) = partly(production)
    assert "Until" not in only
    assert "until an instant that no record tells" in as_text(of_first(production))
    seen = Seen(ENDPOINT, f"{ENDPOINT}-v1-1", FIRST + 3 * HOUR)
    assert settle(production.world.s3, production.nights[0].bucket, seen)
    (only,) = partly(production)
    assert only["Until"] == iso_milliseconds(FIRST + 3 * HOUR)


def test_an_outcome_that_does_not_read_is_named_and_the_rest_is_told() -> None:
    production = Production()
    name = production.roll_out(1, shifting=HOUR, switched=2 * HOUR)
    night = production.nights[0]
    uri = names.record_uri(night.document["RecordUri"], names.deployment_outcome(name))
    put(production.world.s3, uri, "{}")
    found = of_first(production)
    assert found["Unreadable"] == [uri]
    (only,) = found["Nights"][0]["Served"]
    assert "Partly" not in only
