"""The example of docs/adding-a-step.md: a person passes a night, declines one, forgets one.

The example is a patch, and these run on a copy of the project with it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from demo.local_aws import LocalAws
from embedded_aws.faults.reading import read_faults
from tests.machine.human_review import build, patched
from tests.machine.notices import Notices
from tests.soak.invariants import violations
from tests.soak.nights import FIRST_DATE, Nights, deployed, scheduled

pytestmark = pytest.mark.slow

PASSED = FIRST_DATE - timedelta(days=7)
# Within the two weeks for which the topic's subscriber keeps what it is told.
DECLINED, UNANSWERED = FIRST_DATE, FIRST_DATE + timedelta(days=2)
ASKED_FOR = timedelta(hours=8)
REVIEWER = "arn:aws:iam::123456789012:"

BUSY_TOPIC = {
    "name": "the topic is busy",
    "service": "sns",
    "operation": "Publish",
    "caller": "*StateMachine*",
    "calls": {"first": 1},
    "effect": "throttle",
}


@dataclass(frozen=True)
class Reviews:
    """A stack that demands reviews, its patched command line, and what its topic was told."""

    nights: Nights
    tree: Path
    notices: Notices

    def nightly(self, *arguments: str) -> str:
        """What a command prints, of the patched project."""
        finished = subprocess.run(
            [sys.executable, "-m", "ops", *arguments],
            cwd=self.tree,
            env=os.environ | LocalAws(self.nights.aws.url).variables,
            capture_output=True,
            text=True,
            check=False,
        )
        return finished.stdout + finished.stderr

    def arn(self, data_date: date) -> str:
        machine = self.nights.outputs["StateMachineArn"]
        return f"{machine.replace(':stateMachine:', ':execution:')}:{data_date}"

    def start(self, data_date: date) -> None:
        """A night, up to where it waits for its review."""
        self.nights.deliver(data_date)
        self.nights.wait_until(scheduled(data_date))
        self.nights.start(data_date)
        self.nights.settle()

    def redrive(self, data_date: date) -> None:
        self.nights.client("stepfunctions").redrive_execution(executionArn=self.arn(data_date))
        self.nights.settle()

    def review(self, data_date: date, *verdict: str) -> str:
        printed = self.nightly("review", f"{data_date}", *verdict)
        self.nights.settle()
        return printed

    def answer(self, data_date: date, output: object) -> None:
        """Answer by hand what it asked last."""
        *_, asked = (it for it in self.history(data_date) if it["type"] == "TaskScheduled")
        told = json.loads(asked["taskScheduledEventDetails"]["parameters"])
        self.nights.client("stepfunctions").send_task_success(
            taskToken=told["MessageAttributes"]["TaskToken"]["StringValue"],
            output=json.dumps(output),
        )
        self.nights.settle()

    def history(self, data_date: date) -> list[dict[str, Any]]:
        return self.nights.history(self.arn(data_date))

    def end(self, data_date: date) -> dict[str, Any]:
        """How its execution ended, or has for now."""
        return self.nights.describe(self.arn(data_date))

    def output(self, data_date: date) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.end(data_date)["output"])
        return found

    def recorded(self, data_date: date, title: str) -> dict[str, Any]:
        """A record of a night."""
        s3, bucket = self.nights.client("s3"), self.nights.outputs["BucketName"]
        prefix = f"lineage/dt={data_date}/"
        listed = s3.list_objects_v2(Bucket=bucket, Prefix=prefix)["Contents"]
        (key,) = (it["Key"] for it in listed if it["Key"].endswith(f"/{title}.json"))
        document: dict[str, Any] = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        return document

    def action(self, data_date: date) -> dict[str, str]:
        """What the record of the evaluation tells of the night itself."""
        actions = self.recorded(data_date, "evaluation")["Graph"]["Actions"]
        (night,) = (it for it in actions if it["Type"] == "NightlyRetrain")
        told: dict[str, str] = night["Properties"]
        return told


@pytest.fixture(scope="module")
def reviews(
    project: Path, kept_jobs: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Reviews]:
    """The stack; its first night waits already."""
    tree = patched(tmp_path_factory.mktemp("patched"))
    built = build(tree, project / ".aws-sam" / "local" / "NightlyLayer")
    scratch = tmp_path_factory.mktemp("reviews")
    with deployed(built, scratch, kept_jobs, HumanReview="REQUIRED") as nights:
        yield Reviews(nights, tree, Notices(nights))


@pytest.fixture(scope="module")
def passed(reviews: Reviews) -> Reviews:
    assert reviews.end(PASSED)["status"] == "RUNNING"
    printed = reviews.review(PASSED, "--pass", "--comment", "looks right")
    assert printed == f"passed: {PASSED}\n"
    return reviews


@pytest.fixture(scope="module")
def declined(passed: Reviews) -> Reviews:
    passed.nights.aws.faults.add(*read_faults(json.dumps({"faults": [BUSY_TOPIC]})))
    passed.start(DECLINED)
    passed.nights.aws.faults.clear()
    passed.review(DECLINED, "--decline", "--comment", "too many false alarms")
    return passed


def test_a_night_that_its_reviewer_passes_is_registered_and_rolled_out(passed: Reviews) -> None:
    output = passed.output(PASSED)
    assert (output["Decision"], "Rollout" in output) == ("Registered", True)


def test_the_lineage_of_its_package_names_the_reviewer(passed: Reviews) -> None:
    told = passed.action(PASSED)
    assert told["ReviewedBy"].startswith(REVIEWER)
    signed = f"by {told['ReviewedBy']} at {told['ReviewedAt']}: looks right"
    assert f"reviewed {signed}" in passed.nightly("explain", "1")


def test_a_reviewer_is_asked_by_the_topic_with_the_command_to_answer_by(declined: Reviews) -> None:
    subject = f"{DECLINED} of nightly-retrain-retrain waits for a review"
    (told,) = (it for it in declined.notices.received() if it["Subject"] == subject)
    assert f'nightly review {DECLINED} --pass (or --decline) --comment "..."' in told["Message"]


def test_a_topic_that_is_busy_is_asked_again(declined: Reviews) -> None:
    failed = (it.get("taskFailedEventDetails", {}) for it in declined.history(DECLINED))
    (error,) = (it["error"] for it in failed if it)
    assert error.startswith("SNS.")


def test_a_night_that_its_reviewer_declines_is_rejected_and_on_record(declined: Reviews) -> None:
    output, told = declined.output(DECLINED), declined.action(DECLINED)
    assert (output["Decision"], output["Reason"]) == ("Rejected", "ReviewDeclined")
    assert (told["Decision"], told["Reason"]) == ("Rejected", "ReviewDeclined")
    assert told["ReviewedBy"].startswith(REVIEWER)
    assert told["ReviewComment"] == "too many false alarms"


def test_a_night_without_an_answer_fails_by_name_and_asks_again_when_it_is_redriven(
    declined: Reviews,
) -> None:
    declined.start(UNANSWERED)
    declined.nights.wait_until(declined.nights.aws.clock.now() + ASKED_FOR)
    assert declined.end(UNANSWERED)["error"] == "ReviewTimedOut"
    failure = declined.recorded(UNANSWERED, "failure-r0")
    assert (failure["Step"], failure["Error"]) == ("AskForReview", "ReviewTimedOut")
    declined.redrive(UNANSWERED)
    assert declined.end(UNANSWERED)["status"] == "RUNNING"
    declined.answer(UNANSWERED, {"Verdict": "Perhaps"})
    assert declined.end(UNANSWERED)["error"] == "States.QueryEvaluationError"
    declined.redrive(UNANSWERED)
    declined.review(UNANSWERED, "--pass", "--comment", "late, and right")
    assert declined.output(UNANSWERED)["Decision"] == "Registered"
    assert violations(declined.nights, [declined.arn(UNANSWERED)], [UNANSWERED]) == []


def test_the_lineage_is_whole_with_its_reviews_and_an_audit_misses_one_that_is_gone(
    declined: Reviews,
) -> None:
    nights, run = declined.nights, declined.action(PASSED)["RunId"]
    assert nights.invoke("QueryLineageFunction", {"Operation": "audit"})["Clean"]
    sagemaker = nights.client("sagemaker")
    listed = sagemaker.list_actions(ActionType="NightlyRetrain")["ActionSummaries"]
    (action,) = (it["ActionName"] for it in listed if run in it["ActionName"])
    told = sagemaker.describe_action(ActionName=action)["Properties"]
    sagemaker.update_action(ActionName=action, PropertiesToRemove=["ReviewedBy"])
    audit = nights.invoke("QueryLineageFunction", {"Operation": "audit"})
    assert "ReviewedBy" in json.dumps(audit), audit
    sagemaker.update_action(ActionName=action, Properties=told)
    assert nights.invoke("QueryLineageFunction", {"Operation": "audit"})["Clean"]
