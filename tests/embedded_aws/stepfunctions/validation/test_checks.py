"""How the static checks report; what they refuse is data in tests/contract/asl/definitions."""

from __future__ import annotations

from typing import Any

from embedded_aws.stepfunctions.validation.checks import check_definition

END = {"Type": "Pass", "End": True}
INVOKE = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": True}


def jsonata(state: dict[str, Any], **others: Any) -> dict[str, Any]:
    return {"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": state, **others}}


def test_every_problem_is_reported_not_only_the_first() -> None:
    found = check_definition(jsonata({**END, "X": 1, "Y": 2}, B={"Type": "Nope"}))
    assert [(problem.location, problem.message[:9]) for problem in found] == [
        ("/States/A", "Field 'X'"),
        ("/States/A", "Field 'Y'"),
        ("/States/B/Type", "The field"),
    ]


def test_an_expression_may_stand_where_a_number_may() -> None:
    state = {**INVOKE, "TimeoutSeconds": "{% $states.input.limit %}", "Arguments": "{% $a %}"}
    assert check_definition(jsonata(state)) == []


def test_a_problem_inside_a_branch_names_the_way_to_it() -> None:
    branch = {"StartAt": "B", "States": {"B": {"Type": "Pass", "Next": "C"}, "D": END}}
    state = {"Type": "Parallel", "Branches": [branch], "End": True}
    problem, _unreachable = check_definition(jsonata(state))
    assert str(problem) == (
        "MISSING_TRANSITION_TARGET: Missing 'Next' target: C at /States/A/Branches[0]/States/B/Next"
    )


def test_what_is_malformed_is_not_asked_for_its_meaning() -> None:
    found = check_definition(jsonata({"Type": "Pass", "Nxt": "B", "Output": "{% 1 + %}"}))
    assert {problem.code for problem in found} == {"SCHEMA_VALIDATION_FAILED"}


def test_a_broken_expression_is_reported_once() -> None:
    (problem,) = check_definition(jsonata({**END, "Assign": {"x": "{% ( %}"}}))
    assert problem.location == "/States/A/Assign/x"
