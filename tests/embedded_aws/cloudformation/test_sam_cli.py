"""The unmodified SAM CLI, from validation to inspection, on a clock that stands in 2018."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

pytestmark = pytest.mark.slow

STACK = "greetings"


@pytest.fixture(scope="module")
def app(sample_app: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The sample, deployed."""
    scratch = tmp_path_factory.mktemp("sample")
    with sample_app(scratch, datetime(2018, 7, 18, tzinfo=UTC)) as sample:
        sample.sam("build")
        sample.deploy(STACK)
        yield sample


def test_the_template_is_valid(app: Any) -> None:
    """As AWS's managed policies go; its linter, which ``--lint`` adds, asks nobody."""
    assert "is a valid SAM Template" in app.sam("validate")


def test_what_is_deployed_runs(app: Any) -> None:
    assert app.greeted(STACK) == "hello, you"


def test_sam_lists_resources_and_outputs(app: Any) -> None:
    listed = json.loads(app.sam("list", "stack-outputs", "--stack-name", STACK, "--output", "json"))
    found = {item["OutputKey"]: item["OutputValue"] for item in listed}
    assert found == app.outputs(STACK)
    resources = app.sam("list", "resources", "--stack-name", STACK, "--output", "json")
    logical_ids = {item["LogicalResourceId"] for item in json.loads(resources)}
    assert {"GreetFunction", "GreetMachine", "GreetMachineNightly"} <= logical_ids


def test_sam_invokes_the_function_and_shows_its_log(app: Any) -> None:
    answer = app.sam(
        *("remote", "invoke", "GreetFunction", "--stack-name", STACK),
        *("--event", '{"name": "sam"}'),
    )
    assert '"hello, sam"' in answer
    since = ("--start-time", "2018-07-17", "--end-time", "2018-07-20")
    log = app.sam("logs", "--stack-name", STACK, "--name", "GreetFunction", *since)
    assert "hello, sam" in log


def test_sam_lists_the_endpoints_of_a_stack_of_functions(app: Any) -> None:
    shown = app.sam("list", "endpoints", "--stack-name", STACK, "--output", "json")
    # Before the list comes what SAM says of its own version.
    listed = json.loads(shown[shown.index("[") :])
    assert {item["LogicalResourceId"] for item in listed} == {"GreetFunction"}


def test_sam_runs_the_state_machine(app: Any) -> None:
    answer = app.sam(
        *("remote", "invoke", "GreetMachine", "--stack-name", STACK),
        *("--event", '{"name": "machine"}'),
    )
    assert "hello, machine" in answer


def test_deploying_the_same_again_finds_no_changes(app: Any) -> None:
    assert "No changes to deploy" in app.deploy(STACK, "--no-fail-on-empty-changeset")
    assert "No changes to deploy" in app.deploy(STACK, fails=True)


def test_a_wrong_parameter_is_refused(app: Any) -> None:
    shown = app.deploy(STACK, "--parameter-overrides", "Greeting=HELLO", fails=True)
    assert "Parameter 'Greeting' must match pattern [a-z]+" in shown
