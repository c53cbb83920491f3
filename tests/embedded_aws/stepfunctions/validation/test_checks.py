"""Definitions that CreateStateMachine refuses, and the place that it names."""

from __future__ import annotations

from typing import Any

import pytest

from embedded_aws.stepfunctions.validation.checks import check_definition

END = {"Type": "Pass", "End": True}
INVOKE = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": True}
LIST = "arn:aws:states:::aws-sdk:s3:listObjectsV2"


def jsonata(state: dict[str, Any], **others: Any) -> dict[str, Any]:
    return {"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": state, **others}}


def jsonpath(state: dict[str, Any], **others: Any) -> dict[str, Any]:
    return {"StartAt": "A", "States": {"A": state, **others}}


REFUSED = [
    ("nothing", {}, "/", "These fields are required: [States, StartAt]"),
    ("no object", [], "/", "Definition must be a valid JSON object"),
    ("unknown field", {**jsonata(END), "Sates": {}}, "/Sates", "not supported by Step Functions"),
    ("unknown language", {**jsonata(END), "QueryLanguage": "jq"}, "/QueryLanguage", "JSONata or"),
    ("unknown state field", jsonata({**END, "Reult": 1}), "/States/A/Reult", "'Reult' is not"),
    ("unknown type", jsonata({"Type": "Pas"}), "/States/A/Type", "must be one of [Choice,"),
    ("JSONPath field", jsonata({**END, "InputPath": "$"}), "/States/A/InputPath", "not supported"),
    ("JSONata field", jsonpath({**END, "Output": 1}), "/States/A/Output", "not supported"),
    (
        "JSONPath state in a JSONata machine",
        jsonata({**END, "QueryLanguage": "JSONPath"}),
        "/States/A",
        "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine",
    ),
    ("start", {**jsonata(END), "StartAt": "B"}, "/StartAt", "Missing 'StartAt' target: B"),
    ("next", jsonata({"Type": "Pass", "Next": "B"}), "/States/A/Next", "Missing 'Next' target: B"),
    ("unreachable", jsonata(END, B=END), "/States/B", 'State "B" is not reachable.'),
    ("neither Next nor End", jsonata({"Type": "Pass"}), "/States/A", "[Next, End]"),
    ("Next and End", jsonata({**END, "Next": "A"}), "/States/A", "Only one of these fields"),
    ("End false", jsonata({"Type": "Pass", "End": False}), "/States/A/End", "must be true"),
    ("no Resource", jsonata({"Type": "Task", "End": True}), "/States/A", "[Resource]"),
    (
        "unknown resource",
        jsonata({**INVOKE, "Resource": "arn:aws:states:::dynamodb:query"}),
        "/States/A/Resource",
        "The resource provided arn:aws:states:::dynamodb:query is not recognized.",
    ),
    (
        "unknown action",
        jsonata({**INVOKE, "Resource": "arn:aws:states:::aws-sdk:s3:listBuckets2"}),
        "/States/A/Resource",
        "is not recognized",
    ),
    (
        "no sync for models",
        jsonata({**INVOKE, "Resource": "arn:aws:states:::sagemaker:createModel.sync"}),
        "/States/A/Resource",
        "is not recognized",
    ),
    (
        "unknown argument",
        jsonata({**INVOKE, "Resource": LIST, "Arguments": {"Bucket": "b", "Prefx": "p"}}),
        "/States/A/Arguments",
        "The field 'Prefx' is not supported by Step Functions",
    ),
    (
        "nested unknown argument",
        jsonata(
            {
                **INVOKE,
                "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync",
                "Arguments": {"Tags": [{"key": "a", "value": "b"}]},
            }
        ),
        "/States/A/Arguments",
        "The field 'Tags.key' is not supported by Step Functions",
    ),
    (
        "argument newer than the allow-list",
        jsonata(
            {
                **INVOKE,
                "Resource": "arn:aws:states:::sagemaker:createTrainingJob",
                "Arguments": {"MlflowConfig": {}},
            }
        ),
        "/States/A/Arguments",
        "'MlflowConfig'",
    ),
    ("expression", jsonata({**END, "Output": {"x": "{% 1 + %}"}}), "/States/A", "'1 +' specified"),
    (
        "$eval",
        jsonata({**END, "Output": "{% $eval('1') %}"}),
        "/States/A",
        "$eval is not supported",
    ),
    ("condition", jsonata({"Type": "Choice", "Choices": []}), "/States/A/Choices", "non-empty"),
    (
        "seconds",
        jsonata({"Type": "Wait", "Seconds": -1, "End": True}),
        "/States/A/Seconds",
        "non-n",
    ),
    ("no seconds", jsonata({"Type": "Wait", "End": True}), "/States/A", "[Seconds, Timestamp,"),
    ("timeout", jsonata({**INVOKE, "TimeoutSeconds": 0}), "/States/A/TimeoutSeconds", "positive"),
    (
        "States.ALL with others",
        jsonata({**INVOKE, "Retry": [{"ErrorEquals": ["States.ALL", "X"]}]}),
        "/States/A/Retry[0]/ErrorEquals",
        "must appear alone",
    ),
    (
        "States.ALL before others",
        jsonata({**INVOKE, "Retry": [{"ErrorEquals": ["States.ALL"]}, {"ErrorEquals": ["X"]}]}),
        "/States/A/Retry[0]/ErrorEquals",
        "must be in the last entry",
    ),
    (
        "backoff below one",
        jsonata({**INVOKE, "Retry": [{"ErrorEquals": ["X"], "BackoffRate": 0.5}]}),
        "/States/A/Retry[0]/BackoffRate",
        "from 1 to inf",
    ),
    (
        "jitter",
        jsonata({**INVOKE, "Retry": [{"ErrorEquals": ["X"], "JitterStrategy": "SOME"}]}),
        "/States/A/Retry[0]/JitterStrategy",
        "FULL or NONE",
    ),
    (
        "retrier without errors",
        jsonata({**INVOKE, "Retry": [{"MaxAttempts": 1}]}),
        "/States/A/Retry[0]",
        "[ErrorEquals]",
    ),
    (
        "catcher's field",
        jsonata({**INVOKE, "Catch": [{"ErrorEquals": ["X"], "Next": "A", "ResultPath": "$"}]}),
        "/States/A/Catch[0]/ResultPath",
        "not supported",
    ),
    (
        "distributed map",
        jsonata(
            {
                "Type": "Map",
                "End": True,
                "ItemProcessor": {
                    "ProcessorConfig": {"Mode": "DISTRIBUTED"},
                    "StartAt": "B",
                    "States": {"B": END},
                },
            }
        ),
        "/States/A/ItemProcessor/ProcessorConfig/Mode",
        "The embedded AWS does not support Distributed Map",
    ),
    (
        "credentials without a role",
        jsonata({**INVOKE, "Credentials": {}}),
        "/States/A/Credentials",
        "The field 'RoleArn' is required but was missing",
    ),
    (
        "credentials that are none",
        jsonata({**INVOKE, "Credentials": "role"}),
        "/States/A/Credentials",
        "must be an object",
    ),
    (
        "heartbeat that is not shorter than the timeout",
        jsonata({**INVOKE, "TimeoutSeconds": 5, "HeartbeatSeconds": 5}),
        "/States/A/HeartbeatSeconds",
        "HeartbeatSeconds must be smaller than TimeoutSeconds",
    ),
    (
        "heartbeat",
        jsonata({**INVOKE, "HeartbeatSeconds": 0}),
        "/States/A/HeartbeatSeconds",
        "positive",
    ),
    (
        "no token for jobs",
        jsonata(
            {**INVOKE, "Resource": "arn:aws:states:::sagemaker:createTrainingJob.waitForTaskToken"}
        ),
        "/States/A/Resource",
        "is not recognized",
    ),
    (
        "nested execution",
        jsonata({**INVOKE, "Resource": "arn:aws:states:::states:startExecution.sync:2"}),
        "/States/A/Resource",
        "does not support nested executions (states:startExecution)",
    ),
    (
        "activity",
        jsonata({**INVOKE, "Resource": "arn:aws:states:us-east-1:123456789012:activity:a"}),
        "/States/A/Resource",
        "does not support activities",
    ),
    (
        "HTTP task",
        jsonata({**INVOKE, "Resource": "arn:aws:states:::http:invoke"}),
        "/States/A/Resource",
        "does not support HTTP tasks (http:invoke)",
    ),
    (
        "the same name in a branch",
        jsonata(
            {
                "Type": "Parallel",
                "End": True,
                "Branches": [{"StartAt": "A", "States": {"A": END}}],
            }
        ),
        "/States/A",
        'The state name "A" is not unique',
    ),
    (
        "reserved variable",
        jsonata({**END, "Assign": {"states": 1}}),
        "/States/A/Assign",
        "'states'",
    ),
    ("variable name", jsonata({**END, "Assign": {"a-b": 1}}), "/States/A/Assign", "'a-b' is not a"),
    (
        "filter path",
        jsonpath({**END, "InputPath": "$.l[?(@.x == 1)]"}),
        "/States/A",
        "not a JSONPath that the embedded AWS supports, from '[?(@.x == 1)]' on",
    ),
    (
        "operator",
        jsonpath(
            {"Type": "Choice", "Choices": [{"Variable": "$.a", "NumericEqual": 1, "Next": "B"}]},
            B=END,
        ),
        "/States/A",
        "NumericEqual is not an operator",
    ),
]


@pytest.mark.parametrize(
    ("document", "location", "message"),
    [pytest.param(*case[1:], id=case[0]) for case in REFUSED],
)
def test_a_definition_is_refused_where_it_is_wrong(
    document: Any, location: str, message: str
) -> None:
    found = check_definition(document)
    assert [problem for problem in found if problem.location == location], found
    assert any(message in problem.message for problem in found if problem.location == location)


def test_every_problem_is_reported_not_only_the_first() -> None:
    found = check_definition(jsonata({**END, "X": 1, "Y": 2}, B={"Type": "Nope"}))
    assert [problem.location for problem in found] == [
        "/States/A/X",
        "/States/A/Y",
        "/States/B/Type",
    ]


def test_an_expression_may_stand_where_a_number_may() -> None:
    state = {**INVOKE, "TimeoutSeconds": "{% $states.input.limit %}", "Arguments": "{% $a %}"}
    assert check_definition(jsonata(state)) == []


def test_a_problem_inside_a_branch_names_the_way_to_it() -> None:
    branch = {"StartAt": "B", "States": {"B": {"Type": "Pass", "Next": "C"}}}
    state = {"Type": "Parallel", "Branches": [branch], "End": True}
    (problem,) = check_definition(jsonata(state))
    assert str(problem) == (
        "MISSING_TRANSITION_TARGET: Missing 'Next' target: C at /States/A/Branches[0]/States/B/Next"
    )
