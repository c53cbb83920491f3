"""What CreateStateMachine refuses and ValidateStateMachineDefinition reports, and what passes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore.exceptions import ClientError

FOLDER = Path(__file__).parent / "definitions"
WRONG = yaml.load((FOLDER / "wrong.yaml").read_text(), yaml.CSafeLoader)
RIGHT = yaml.load((FOLDER / "right.yaml").read_text(), yaml.CSafeLoader)


def text_of(entry: dict[str, Any]) -> str:
    """The definition's text; a single state is state A of a machine."""
    if "text" in entry:
        return str(entry["text"])
    if "definition" in entry:
        return json.dumps(entry["definition"])
    language = {"QueryLanguage": "JSONata"} if "state" in entry else {}
    state = entry["state"] if "state" in entry else entry["path_state"]
    states = {"A": state, **entry.get("others", {})}
    return json.dumps({**language, "StartAt": "A", "States": states})


@pytest.mark.parametrize("entry", [pytest.param(entry, id=entry["name"]) for entry in WRONG])
def test_a_wrong_definition_is_reported_where_it_is_wrong(machines: Any, entry: Any) -> None:
    answer = machines.client.validate_state_machine_definition(definition=text_of(entry))
    first, *rest = answer["diagnostics"]
    assert (answer["result"], answer["truncated"]) == ("FAIL", False)
    assert (first["severity"], first["code"]) == ("ERROR", entry["code"])
    assert [problem["message"] for problem in rest] == ([entry["and"]] if "and" in entry else [])
    if "message" in entry:
        assert first["message"] == entry["message"]
    if "at" in entry:
        assert first["location"] == entry["at"]


@pytest.mark.parametrize("entry", [pytest.param(entry, id=entry["name"]) for entry in RIGHT])
def test_a_right_definition_is_accepted(machines: Any, entry: Any) -> None:
    answer = machines.client.validate_state_machine_definition(definition=text_of(entry))
    assert (answer["result"], answer["diagnostics"]) == ("OK", [])


def test_create_lists_every_problem_between_one_pair_of_quotes(machines: Any) -> None:
    """As AWS did in LocalStack's pull request 12487."""
    states = {"pass1": {"Type": "Pass", "Next": "pass3"}, "pass2": {"Type": "Pass", "End": True}}
    with pytest.raises(ClientError, match="InvalidDefinition") as refused:
        machines.create({"StartAt": "pass1", "States": states})
    assert refused.value.response["Error"]["Message"] == (
        "Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: Missing 'Next' target:"
        ' pass3 at /States/pass1/Next, MISSING_TRANSITION_TARGET: State "pass2" is not'
        " reachable. at /States/pass2'"
    )


def test_create_writes_null_where_there_is_no_location(machines: Any) -> None:
    """As AWS did in floci-io/floci issue 2735."""
    loop = {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}}
    with pytest.raises(ClientError) as refused:
        machines.create({"StartAt": "A", "States": loop})
    assert refused.value.response["Error"]["Message"] == (
        "Invalid State Machine Definition: 'MISSING_END_STATE: Workflow has no terminal state at"
        " null'"
    )


def test_update_refuses_what_create_refuses(machines: Any) -> None:
    arn = machines.create({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}})
    with pytest.raises(ClientError, match="InvalidDefinition"):
        machines.client.update_state_machine(stateMachineArn=arn, definition='{"StartAt": "A"}')


def test_a_report_is_cut_at_the_number_that_is_asked_for(machines: Any) -> None:
    states = {name: {"Type": "Pass"} for name in "ABC"}
    text = json.dumps({"StartAt": "A", "States": states})
    answer = machines.client.validate_state_machine_definition(definition=text, maxResults=2)
    assert ([problem["location"] for problem in answer["diagnostics"]], answer["truncated"]) == (
        ["/States/A", "/States/B"],
        True,
    )


def test_every_entry_names_its_source() -> None:
    assert [entry["name"] for entry in WRONG + RIGHT if not entry.get("source")] == []
    assert len({entry["name"] for entry in WRONG}) == len(WRONG) >= 40
