"""What the call log says of a statement is so: roles that lack one see their story fail by it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from tests.machine.application import Application, generate_night
from tests.machine.notices import Notices

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Lack:
    """A statement that a role is to lack: its Sid or index, and the words that its lack brings."""

    role: str
    policy: str
    statement: str
    says: str


# In the order in which a night meets them; each redrive goes on where the last one was denied.
OF_THE_NIGHT = (
    Lack("PrepareNightRole", "prepare-night", "SnapshotTheInput", "s3:ListBucketVersions"),
    Lack(
        "FailNightRole", "fail-night", "SeeWhetherTheNightWasRedriven", "states:DescribeExecution"
    ),
    Lack("StateMachineRole", "retrain", "PassTheJobsRole", "iam:PassRole"),
    Lack("JobRole", "jobs", "WriteTheOutputs", "s3:PutObject"),
    Lack(
        "RecordLineageRole", "record-lineage", "DescribeTheJobs", "sagemaker:DescribeProcessingJob"
    ),
    # What may not be read and what is missing have one name, to who may not list the bucket.
    Lack("ReadAucRole", "read-auc", "ReadTheEvaluation", "InvalidEvaluation"),
    Lack("TriggerDeployRole", "trigger-deploy", "StartRollouts", "states:StartExecution"),
)
OF_FUNCTIONS = (
    (
        "StartNightFunction",
        Lack("StartNightRole", "start-night", "StartNights", "states:StartExecution"),
        {"ScheduledTime": "2031-01-01T02:00:00Z", "TimeZone": "UTC"},
    ),
    (
        "QueryLineageFunction",
        Lack(
            "QueryLineageRole",
            "query-lineage",
            "FindTheRecordsAndTellMissingOnesFromForbiddenOnes",
            "s3:ListBucket",
        ),
        {"Operation": "budget"},
    ),
)


@contextmanager
def without(application: Application, lack: Lack) -> Iterator[None]:
    """Take a statement from a deployed role, for a while."""
    iam = application.client("iam")
    policy = {"RoleName": application.physical_id(lack.role), "PolicyName": lack.policy}
    document = iam.get_role_policy(**policy)["PolicyDocument"]
    statements = document["Statement"]
    rest = [
        statement
        for index, statement in enumerate(statements)
        if statement.get("Sid", str(index)) != lack.statement
    ]
    assert len(rest) == len(statements) - 1
    lacking = {**document, "Statement": rest or [_NOTHING]}
    iam.put_role_policy(**policy, PolicyDocument=json.dumps(lacking))
    try:
        yield
    finally:
        iam.put_role_policy(**policy, PolicyDocument=json.dumps(document))


_NOTHING = {"Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*"}
"""For a policy cannot be empty."""


@dataclass(frozen=True)
class Walk:
    """A night that was denied something at every step, redriven each time, and at last let go."""

    causes: list[str]
    end: str
    notices: list[dict[str, Any]]


@pytest.fixture(scope="module")
def walk(
    application: Application,
    unused_date: Callable[[], date],
    tmp_path_factory: pytest.TempPathFactory,
) -> Walk:
    data_date, folder = unused_date(), tmp_path_factory.mktemp("walk")
    generate_night(folder, data_date)
    application.deliver(folder)
    states, notices = application.client("stepfunctions"), Notices(application)
    with ExitStack() as lacking:
        held = [lacking.enter_context(ExitStack()) for _ in OF_THE_NIGHT]
        for place, lack in zip(held, OF_THE_NIGHT, strict=True):
            place.enter_context(without(application, lack))
        given = {"DataDate": f"{data_date}", "AllowMissingPartitions": True}
        execution_arn = application.run(given).execution_arn
        causes = [_denial(application, execution_arn)]
        for place in held:
            place.close()
            states.redrive_execution(executionArn=execution_arn)
            application.aws.advance_to(application.now() + timedelta(minutes=15))
            causes.append(_denial(application, execution_arn))
    end = states.describe_execution(executionArn=execution_arn)["status"]
    return Walk(causes[:-1], end, notices.received())


@pytest.mark.parametrize("step", range(len(OF_THE_NIGHT)), ids=[it.role for it in OF_THE_NIGHT])
def test_a_night_fails_by_the_statement_that_a_role_lacks(walk: Walk, step: int) -> None:
    lack = OF_THE_NIGHT[step]
    assert lack.says in walk.causes[step]


def test_each_failure_is_told_of_with_its_reason(walk: Walk) -> None:
    told = [it["Message"] for it in walk.notices if " failed in " in it["Subject"]]
    assert len(told) == len(OF_THE_NIGHT)
    for lack, message in zip(OF_THE_NIGHT, told, strict=True):
        assert lack.says in message
        assert "#/v2/executions/details/" in message


def test_the_alarm_of_failed_nights_rings_by_what_a_function_logs(walk: Walk) -> None:
    rung = [it["Message"] for it in walk.notices if it["Subject"].startswith("ALARM: ")]
    assert any("NightFailedAlarm" in message for message in rung)


def test_only_the_job_that_failed_has_a_log_to_look_at(walk: Walk) -> None:
    told = [it["Message"] for it in walk.notices if "Job's log: " in it["Message"]]
    assert [lack.role for lack in OF_THE_NIGHT if lack.says in str(told)] == ["JobRole"]
    assert "ProcessingJobs$3FlogStreamNameFilter$3Dnightly-retrain-featurise-" in told[0]


def test_a_night_that_lacks_nothing_more_succeeds(walk: Walk) -> None:
    assert walk.end == "SUCCEEDED"


@pytest.mark.parametrize(
    ("function", "lack", "event"), OF_FUNCTIONS, ids=[it[0] for it in OF_FUNCTIONS]
)
def test_a_function_fails_by_the_statement_that_its_role_lacks(
    application: Application, function: str, lack: Lack, event: dict[str, Any]
) -> None:
    with without(application, lack):
        answer = application.invoke(function, event)
    assert "AccessDenied" in answer["errorMessage"]
    assert lack.says in answer["errorMessage"]


def _denial(application: Application, execution_arn: str) -> str:
    """The last words of an execution, and the failure that they are about."""
    described = application.client("stepfunctions").describe_execution(executionArn=execution_arn)
    return f"{described.get('error')}: {described.get('cause')}"
