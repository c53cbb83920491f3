"""Each statement of each policy carries something, and nothing more is granted than is used.

Evidence is what AWS's own evaluation said of every call in the stories of this folder: which
statement let it through, and whether without that statement it would have been denied.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from docs.generate import ROOT
from embedded_aws.cloudformation.plain_yaml import load_plain_yaml
from embedded_aws.cloudformation.template import parse
from tests.machine.application import STACK_NAME, Application
from tests.machine.objections import Case
from tests.machine.permissions import Grant, Use, Witness, granted

pytestmark = pytest.mark.slow

STORIES = {it.name for it in Path(__file__).parent.rglob("test_*.py")} - {
    # Three run elsewhere, the fourth has a stack of its own, the last is denied things on purpose.
    "test_first_nights.py",
    "test_fourteen_nights.py",
    "test_stack.py",
    "test_smoke.py",
    "test_denied.py",
}
REASONS: Any = load_plain_yaml((Path(__file__).parent / "unused_grants.yaml").read_text())
TEMPLATE = parse((ROOT / "template.yaml").read_text())
GRANTS = tuple(granted(TEMPLATE))
ROLES = [name for name, it in TEMPLATE["Resources"].items() if it["Type"] == "AWS::IAM::Role"]
GIVEN_UP_ON = (
    "StartNightFunction",
    "TriggerDeployFunction",
    "PruneLineageFunction",
    "NotifyNightFunction",
    "RecordOutcomeFunction",
    "RecordRolloutOutcomeFunction",
)
QUESTIONS = (
    {"Operation": "audit"},
    {"Operation": "budget"},
    {"Operation": "impact", "Subject": "2026-11-08"},
    {"Operation": "explain", "Package": "1"},
)


@pytest.fixture(scope="module")
def dead_letters(application: Application) -> list[Any]:
    """What is in the queue when every function, the schedule and a rule have been given up on."""
    for function in GIVEN_UP_ON:
        application.client("lambda").invoke(
            FunctionName=application.physical_id(function),
            Qualifier="live",
            InvocationType="Event",
            Payload=json.dumps({"no": "such event"}).encode(),
        )
    gone = {
        "name": "the functions are gone",
        "service": "lambda",
        "operation": "Invoke*",
        "resource": f"*-{'[RS]'}*Function-*",
        "effect": {"error": {"code": "ResourceNotFoundException", "status": 404}},
    }
    application.aws.advance_to(application.now() + timedelta(minutes=10))
    with application.faults([gone]):
        application.client("stepfunctions").start_execution(
            stateMachineArn=application.outputs["StateMachineAliasArn"],
            input=json.dumps({"DataDate": "tomorrow"}),
        )
        application.aws.advance_to(application.now() + timedelta(days=1))
    return list(_messages(application))


@pytest.fixture(scope="module")
def evidence(
    application: Application, dead_letters: list[Any], request: pytest.FixtureRequest
) -> frozenset[Use]:
    """What all stories came to; they must have run."""
    if missing := STORIES - {item.path.name for item in request.session.items}:
        pytest.skip(f"the evidence is in stories that do not run: {', '.join(sorted(missing))}")
    assert dead_letters
    asof = {"Operation": "asof", "Time": (application.now() - timedelta(minutes=1)).isoformat()}
    plan = {"Operation": "plan", "Execution": _last_night(application)}
    answers = [application.invoke("QueryLineageFunction", it) for it in (*QUESTIONS, asof, plan)]
    assert [it for it in answers if "errorType" in it] == []
    return Witness.tells(STACK_NAME)


def test_whatever_is_given_up_on_is_in_the_queue(
    application: Application, dead_letters: list[Any]
) -> None:
    functions = {application.physical_id(name) for name in GIVEN_UP_ON}
    told = json.dumps(dead_letters)
    assert {name for name in functions if name not in told} == set()
    assert "ScheduledTime" in told
    assert "Step Functions Execution Status Change" in told


@pytest.fixture(scope="module")
def case(evidence: frozenset[Use]) -> Case:
    """The evidence, and the reasons for what it does not reach."""
    return Case.of([*_reasoned()], evidence)


def test_nothing_is_denied_and_everything_granted_is_needed_or_has_its_reason(case: Case) -> None:
    """A grant is needed if a call was let through by it alone, and would be denied without it."""
    assert sorted(case.objections(GRANTS)) == []


def test_whichever_statement_is_taken_from_whomever_something_speaks_against_it(
    case: Case,
) -> None:
    statements = {(it.place, it.role) for it in GRANTS}
    rest = {it: [grant for grant in GRANTS if (grant.place, grant.role) != it] for it in statements}
    assert [it for it in statements if not any(case.objections(rest[it]))] == []


def test_whatever_more_is_granted_by_a_statement_speaks_against_it(case: Case) -> None:
    more = {replace(it, action="sqs:ListQueues") for it in GRANTS}
    assert [str(it) for it in more if not any(case.objections([*GRANTS, it]))] == []


def test_whoever_else_is_given_a_policy_that_roles_share_speaks_against_it(case: Case) -> None:
    shared = {it.policy for it in GRANTS if it.role}
    having = {(it.policy, it.role) for it in GRANTS}
    idle = [
        [replace(it, role=role) for it in GRANTS if it.policy == policy]
        for policy, role in product(shared, ROLES)
        if (policy, role) not in having
    ]
    assert idle
    assert [str(more[0]) for more in idle if not any(case.objections([*GRANTS, *more]))] == []


def test_reasons_are_of_what_is_granted() -> None:
    assert {*map(str, _reasoned())} <= {*map(str, GRANTS)}


def _last_night(application: Application) -> str:
    """The ARN of the execution that succeeded last."""
    executions = application.client("stepfunctions").list_executions(
        stateMachineArn=application.outputs["StateMachineArn"], statusFilter="SUCCEEDED"
    )["executions"]
    return str(executions[0]["executionArn"])


def _reasoned() -> Iterator[Grant]:
    for entry in REASONS:
        assert len(entry["reason"]) > 40, f"{entry['grants']} without a reason that explains"
        for place in entry["grants"]:
            policy, _, statement = place.rpartition("/")
            for role in entry.get("roles", [""]):
                yield from (Grant(policy, statement, action, role) for action in entry["actions"])


def _messages(application: Application) -> Iterator[Any]:
    sqs, url = application.client("sqs"), application.physical_id("DeadLetterQueue")
    while received := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in received:
            yield json.loads(message["Body"])
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
