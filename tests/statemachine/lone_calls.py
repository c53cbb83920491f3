"""The night's machine, cut down to its calls of functions and of the registry, one at a time."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import yaml

from docs.generate import DEFINITION
from embedded_aws.testing import make_role

STATES: Mapping[str, Any] = yaml.load(DEFINITION.read_text(), yaml.CSafeLoader)["States"]
FUNCTION_STATES = tuple(
    name for name, state in STATES.items() if state.get("Resource", "").endswith("lambda:invoke")
)
LAGGING = "lagging"
"""The function whose lineage is never there yet."""
UNAVAILABLE = "unavailable"
"""The function to which the lineage does not answer."""
REFUSING = "refusing"
"""The function that refuses whatever it is given."""

ANSWER = {"RunId": "20261121-00000000", "Auc": 0.99, "Rollout": {}, "Step": "Featurise"}
SOURCE = f"""
class LineageNotReady(Exception):
    pass

class LineageUnavailable(Exception):
    pass

class InvalidInput(Exception):
    pass

def handler(event, context):
    if context.function_name == "{LAGGING}":
        raise LineageNotReady("not yet")
    if context.function_name == "{UNAVAILABLE}":
        raise LineageUnavailable("not now")
    if context.function_name == "{REFUSING}":
        raise InvalidInput("not this")
    return {ANSWER!r}
"""
VARIABLES = {
    "night": {
        "RunId": "20261121-00000000",
        "DataDate": "2026-11-21",
        "AucThreshold": 0.9,
        "ModelPackageGroup": "lone-calls",
        "ImageUri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/idle:1",
        "ExecutionArn": "{% $states.context.Execution.Id %}",
        "Code": {"Commit": "0" * 40, "Digest": "0" * 64},
        "Dataset": {"Digest": "0" * 64},
    },
    "featurise": {"JobName": "featurise"},
    "training": {"JobName": "train"},
    "evaluation": {"JobName": "evaluate", "Uri": "s3://lone-calls/evaluation.json"},
    "model": {"ModelUri": "s3://lone-calls/model.tar.gz"},
    "gate": {"passed": True, "auc": 0.99, "threshold": 0.9},
    "package": {"Arn": "arn:aws:sagemaker:us-east-1:123456789012:model-package/lone-calls/1"},
    "failure": {"Step": "Featurise"},
}


def furnish(client: Callable[[str], Any]) -> None:
    """Make a function for each own error."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        opened.writestr("app.py", SOURCE)
    role_arn = make_role(client("iam"), "functions", "lambda")
    for name in (LAGGING, UNAVAILABLE, REFUSING):
        client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role=role_arn,
            Handler="app.handler",
            Code={"ZipFile": buffer.getvalue()},
            Timeout=60,
        )


def definition() -> dict[str, Any]:
    """The machine: one call with its retries, of a function that the execution's input names."""
    states = {
        "Begin": {"Type": "Pass", "Assign": VARIABLES, "Next": "ChooseCall"},
        "ChooseCall": {
            "Type": "Choice",
            "Choices": [
                {"Condition": f"{{% $states.input.State = '{name}' %}}", "Next": name}
                for name in FUNCTION_STATES
            ],
        },
        **{name: _call(STATES[name]) for name in FUNCTION_STATES},
        "Done": {"Type": "Succeed"},
    }
    return {"QueryLanguage": "JSONata", "StartAt": "Begin", "States": states}


def _call(state: Mapping[str, Any]) -> dict[str, Any]:
    """A state as it is, but for what it calls and where it leads."""
    arguments, kept = dict(state["Arguments"]), {**state}
    arguments["FunctionName"] = "{% $states.context.Execution.Input.Function %}"
    kept.pop("End", None)
    return json.loads(json.dumps({**kept, "Arguments": arguments, "Next": "Done"}))  # type: ignore[no-any-return]
