"""record_lineage: one event in, the literals that later states need out, errors by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws.alarms.embedded_metrics import metrics
from embedded_aws.instance import Instance
from lineage import schema
from lineage.clients import Clients
from lineage.errors import InvalidDocument, LineageIncomplete, LineageNotReady
from tests.lambdas.conftest import BUCKET
from tests.lambdas.lineage_functions import CONTEXT, load
from tests.lineage import builders
from tests.lineage.nights import DescribedJobs, StagedNight

Event = dict[str, Any]


@pytest.fixture
def function(aws: Instance, night: StagedNight) -> ModuleType:
    """The function, to which the night's jobs are known."""
    module = load("record_lineage", aws, {"BUCKET": BUCKET})
    clients = module.CLIENTS
    module.CLIENTS = Clients(DescribedJobs(clients.sagemaker, night), clients.s3)
    return module


@pytest.fixture
def events(night: StagedNight) -> list[Event]:
    """What the states of a night and of its rollout send, in order."""
    document, rollout = night.document, {"Rollout": night.rollout}
    report = {"EvaluationUri": builders.report_uri(document)}
    judged = {**report, "Gate": builders.a_gate()}
    return [
        an_event("Featurise", night, JobName=builders.job_name(document, "featurise")),
        an_event("Training", night, JobName=builders.job_name(document, "train")),
        an_event("Evaluation", night, JobName=builders.job_name(document, "evaluate"), **judged),
        an_event("Registration", night, PackageArn=night.package_arn, **report),
        {"Stage": "Deployment", **rollout},
        {"Stage": "DeploymentOutcome", **rollout, "Outcome": builders.an_outcome(document)},
    ]


def an_event(stage: str, night: StagedNight, **given: Any) -> Event:
    return {"Stage": stage, "Night": night.document, **given}


def measured(capsys: pytest.CaptureFixture[str], name: str) -> list[tuple[str, float]]:
    """What CloudWatch takes of a metric from the lines printed so far: its dimension and value."""
    read = [
        datum
        for line in capsys.readouterr().out.splitlines()
        for namespace, datum in metrics(line, datetime.now(UTC))
        if (namespace, datum["MetricName"]) == ("fraud", name)
    ]
    return [(datum["Dimensions"][0]["Value"], datum["Value"]) for datum in read]


def test_each_stage_returns_what_later_states_need(
    function: ModuleType, events: list[Event]
) -> None:
    answers = [function.handler(event, CONTEXT) for event in events]
    assert [sorted(answer) for answer in answers] == [
        ["HoldoutUri", "RecordSha256", "TrainUri", "ValidationUri"],
        ["ModelUri", "RecordSha256"],
        ["RecordSha256", "ReportUri"],
        ["PackageArn", "RecordSha256"],
        ["RecordSha256"],
        ["RecordSha256"],
    ]


def test_a_stage_can_be_delivered_twice(function: ModuleType, events: list[Event]) -> None:
    assert function.handler(events[0], CONTEXT) == function.handler(events[0], CONTEXT)


def test_a_night_within_quota_counts_as_such(
    function: ModuleType, events: list[Event], capsys: pytest.CaptureFixture[str]
) -> None:
    function.handler(events[0], CONTEXT)
    assert measured(capsys, "LineageOutOfQuota") == [("record_lineage", 0.0)]


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("JobSeconds", [("Featurise", 133.0), ("TrainXGB", 62.0), ("Evaluate", 133.0)]),
        ("JobRetries", [("Featurise", 0.0), ("TrainXGB", 0.0), ("Evaluate", 0.0)]),
    ],
)
def test_each_job_is_measured_by_its_state_and_nothing_else_is(
    function: ModuleType,
    events: list[Event],
    capsys: pytest.CaptureFixture[str],
    metric: str,
    expected: list[tuple[str, float]],
) -> None:
    for event in events:
        function.handler(event, CONTEXT)
    assert measured(capsys, metric) == expected


def test_a_night_out_of_quota_is_counted_and_warned_of(
    function: ModuleType,
    events: list[Event],
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    full = replace(function.CLIENTS, sagemaker=_Full(function.CLIENTS.sagemaker))
    monkeypatch.setattr(function, "CLIENTS", full)
    function.handler(events[0], CONTEXT)
    assert measured(capsys, "LineageOutOfQuota") == [("record_lineage", 1.0)]
    (warning,) = [each for each in caplog.records if each.levelname == "WARNING"]
    assert "quota used up" in warning.getMessage()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"Stage": "Baking"}, "Stage: 'Baking' is not one of"),
        ({"Night": {}}, "Night: 'RunId' is a required property"),
        ({"JobName": ""}, "JobName: '' "),
        ({"Surprise": 1}, "'Surprise' was unexpected"),
    ],
)
def test_an_event_of_another_shape_is_refused(
    change: Event, complaint: str, function: ModuleType, events: list[Event]
) -> None:
    with pytest.raises(InvalidDocument, match=complaint):
        function.handler(events[0] | change, CONTEXT)


@pytest.mark.parametrize(
    ("position", "member"),
    [
        (0, "Night"),
        (0, "JobName"),
        (1, "JobName"),
        (2, "Gate"),
        (2, "EvaluationUri"),
        (3, "PackageArn"),
        (4, "Rollout"),
        (5, "Rollout"),
        (5, "Outcome"),
    ],
)
def test_each_stage_needs_its_own_members(position: int, member: str, events: list[Event]) -> None:
    event = {key: value for key, value in events[position].items() if key != member}
    with pytest.raises(InvalidDocument, match=f"'{member}' is a required property"):
        schema.require_valid(event, "record_lineage_event")


def test_only_the_evaluation_takes_a_gate(events: list[Event]) -> None:
    """The registration reads the decision in the record: a second one could differ from it."""
    with pytest.raises(InvalidDocument, match=r"does not allow .*threshold"):
        schema.require_valid({**events[3], "Gate": builders.a_gate()}, "record_lineage_event")


@pytest.mark.parametrize(
    "change",
    [
        {"Status": "Completed", "RestoredAt": "2026-11-22T02:20:00Z"},
        {"Status": "RolledBack", "SwitchedAt": None, "RestoredAt": "2026-11-22T02:20:00Z"},
        {"Status": "Completed", "SwitchedAt": None},
        {"SwitchedAt": "2026-11-22T02:20:00+01:00"},
    ],
)
def test_an_outcome_that_contradicts_itself_is_refused(change: Event, events: list[Event]) -> None:
    given = events[5]["Outcome"] | change
    outcome = {key: it for key, it in given.items() if it is not None}
    with pytest.raises(InvalidDocument, match="Outcome"):
        schema.require_valid({**events[5], "Outcome": outcome}, "record_lineage_event")


def test_an_index_that_lags_is_not_ready_until_the_last_attempt(
    function: ModuleType, events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    for event in events[:2]:
        function.handler(event, CONTEXT)
    blind = replace(function.CLIENTS, sagemaker=_Blind(function.CLIENTS.sagemaker))
    monkeypatch.setattr(function, "CLIENTS", blind)
    with pytest.raises(LineageNotReady, match="lag"):
        function.handler(events[2], CONTEXT)
    with pytest.raises(LineageIncomplete, match="lacks"):
        function.handler({**events[2], "LastAttempt": True}, CONTEXT)


class _Full:
    """An account without room for another association."""

    def __init__(self, sagemaker: Any) -> None:
        self._sagemaker = sagemaker

    def add_association(self, **_: Any) -> dict[str, Any]:
        told = {"Code": "ResourceLimitExceeded", "Message": "The account limit is reached."}
        raise ClientError({"Error": told}, "AddAssociation")

    def __getattr__(self, name: str) -> Any:
        """Every other call is the real client's."""
        return getattr(self._sagemaker, name)


class _Blind:
    """Walks that find nothing."""

    def __init__(self, sagemaker: Any) -> None:
        self._sagemaker = sagemaker

    def query_lineage(self, **_: Any) -> dict[str, Any]:
        return {"Vertices": [], "Edges": []}

    def __getattr__(self, name: str) -> Any:
        """Every other call is the real client's."""
        return getattr(self._sagemaker, name)
