"""What lineage asks of SageMaker and leaves there, counted where the requests arrive."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from threading import Barrier
from typing import Any

import pytest

from embedded_aws.instance import Instance
from lineage import recorder
from lineage.clients import Clients
from lineage.queries.excerpt import MOST_DESCRIBES
from lineage.query import LineageQuery
from lineage.vocabulary import Stage
from tests.lineage import builders
from tests.lineage.conftest import BUCKET
from tests.lineage.nights import DescribedJobs, StagedNight

NewNight = Callable[..., StagedNight]
Count = Callable[..., Counter[str]]
LINEAGE = re.compile(r"(.+(Artifact|Action|Context|Association)s?)|QueryLineage")
DESCRIBES = ("DescribeArtifact", "DescribeAction", "DescribeContext")
PATIENCE_SECONDS = 60
"""How long a call waits for those beside it before it counts as alone."""


@pytest.fixture
def count_calls(aws: Instance) -> Count:
    """Do something; count the lineage calls that it made, or those with a status."""

    def run(work: Callable[[], object], *statuses: int) -> Counter[str]:
        aws.calls.clear()
        work()
        return Counter(
            call.operation
            for call in aws.calls
            if LINEAGE.fullmatch(call.operation) and (not statuses or call.status in statuses)
        )

    return run


@pytest.fixture
def clients_for(sagemaker: Any, s3: Any) -> Callable[[StagedNight], Clients]:
    return lambda night: Clients(DescribedJobs(sagemaker, night), s3)


@pytest.fixture
def query(client: Callable[[str], Any], s3: Any) -> LineageQuery:
    """Questions asked by a client of its own, which a test may hook into."""
    sagemaker, group = client("sagemaker"), builders.a_night()["ModelPackageGroup"]
    if not sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"]:
        sagemaker.create_model_package_group(ModelPackageGroupName=group)
    return LineageQuery(Clients(sagemaker, s3), group, BUCKET)


@pytest.fixture
def recorded(night: StagedNight, clients: Clients) -> StagedNight:
    night.record_until(Stage.DEPLOYMENT_OUTCOME, clients)
    return night


def test_a_first_night_with_its_rollout_takes_at_most_45_calls_and_the_outcome_5(
    new_night: NewNight, clients_for: Callable[[StagedNight], Clients], count_calls: Count
) -> None:
    """Neither its workflow nor its endpoint has a context yet, in whatever order tests run."""
    night = new_night(endpoint_name="never-served")
    clients = clients_for(night)
    made = count_calls(lambda: night.record_until(Stage.DEPLOYMENT, clients))
    outcome = count_calls(lambda: night.record(Stage.DEPLOYMENT_OUTCOME, clients))
    assert made.total() <= 45
    assert outcome.total() <= 5
    assert made["CreateContext"] + outcome["CreateContext"] == 2


def test_a_night_that_is_all_there_takes_at_most_15_calls_and_none_writes(
    recorded: StagedNight, clients: Clients, count_calls: Count
) -> None:
    made = count_calls(lambda: recorded.record_until(Stage.DEPLOYMENT_OUTCOME, clients))
    assert made.total() <= 15
    assert not [it for it in made if it.startswith(("Create", "Add", "Update", "Delete"))]


def test_a_night_leaves_at_most_6_actions_7_artifacts_16_associations_and_no_context(
    recorded: StagedNight,
    new_night: NewNight,
    clients_for: Callable[[StagedNight], Clients],
    count_calls: Count,
) -> None:
    """A night as all but the first: its workflow and its endpoint are known."""
    night = new_night(document={"workflow": recorded.document["Workflow"]})
    clients = clients_for(night)
    left = count_calls(lambda: night.record_until(Stage.DEPLOYMENT_OUTCOME, clients), 200)
    assert 5 <= left["CreateAction"] <= 6
    assert left["CreateArtifact"] == 7
    assert 14 <= left["AddAssociation"] <= 16
    assert left["CreateContext"] == 0


def test_a_later_rollout_leaves_an_action_and_two_associations(
    recorded: StagedNight, clients: Clients, count_calls: Count
) -> None:
    again = recorded.rollout | {"RolloutId": f"again-{recorded.version}"}
    switched_at = f"2026-12-01T02:{recorded.version:02}:00.000Z"
    outcome = {"Status": "Completed", "SwitchedAt": switched_at, "EndedAt": "2026-12-01T03:00:00Z"}

    def roll_out() -> None:
        recorder.record_rollout(clients, recorded.bucket, again)
        recorder.record_rollout_outcome(clients, recorded.bucket, again, outcome)

    left = count_calls(roll_out, 200)
    created = {name: left[name] for name in left if name.startswith(("Create", "Add"))}
    assert created == {"CreateAction": 1, "AddAssociation": 2}


def test_an_explanation_takes_two_walks_and_at_most_16_describes(
    recorded: StagedNight, query: LineageQuery, count_calls: Count
) -> None:
    made = count_calls(lambda: query.explain(recorded.package_arn))
    describes = sum(made.pop(name, 0) for name in DESCRIBES)
    assert 0 < describes <= MOST_DESCRIBES
    assert made == {"QueryLineage": 2, "ListArtifacts": 1}


@pytest.fixture
def held_back(query: LineageQuery) -> Iterator[Callable[[int, str], None]]:
    """Send no call of some operations before so many of them are about to be sent.

    Were one of them made after another, the first would wait in vain, and raise.
    """
    events = query.clients.sagemaker.meta.events  # type: ignore[attr-defined]
    hooked = []

    def hold(together: int, *operations: str) -> None:
        barrier = Barrier(together, timeout=PATIENCE_SECONDS)
        for operation in operations:
            hooked.append((f"before-send.sagemaker.{operation}", lambda **_: _wait(barrier)))
            events.register(*hooked[-1])

    yield hold
    for event, handler in hooked:
        events.unregister(event, handler)


def _wait(barrier: Barrier) -> None:
    # Whatever a handler of this event returns would be taken for the answer.
    barrier.wait()


def test_both_walks_of_an_explanation_are_under_way_at_once(
    recorded: StagedNight, query: LineageQuery, held_back: Callable[..., None]
) -> None:
    held_back(2, "QueryLineage")
    assert query.explain(recorded.package_arn)["AnsweredFrom"] == "Index"


def test_all_describes_of_an_explanation_are_under_way_at_once(
    recorded: StagedNight, query: LineageQuery, count_calls: Count, held_back: Callable[..., None]
) -> None:
    made = count_calls(lambda: query.explain(recorded.package_arn))
    held_back(sum(made[name] for name in DESCRIBES), *DESCRIBES)
    assert query.explain(recorded.package_arn)["AnsweredFrom"] == "Index"
