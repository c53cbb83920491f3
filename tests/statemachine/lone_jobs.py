"""The night's machine, cut down to its jobs and the routing of their failures: no functions."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import yaml

from docs.generate import DEFINITION
from embedded_aws.sagemaker.jobs.images import Image

BUCKET, PREFIX = "lone-jobs", "retrain"
ROUTING = ("ClassifyFailure", "RetryOrFail", "BackOff", "ResumeJob")
LADDER = "ml.m5.2xlarge,ml.m4.xlarge"
IMAGE_URI = "123456789012.dkr.ecr.us-east-1.amazonaws.com/idle:1"
IDLE = Image("tests.statemachine.idle_algorithm", {})

MACHINE: dict[str, Any] = yaml.load(DEFINITION.read_text(), yaml.CSafeLoader)
JOBS = tuple(
    name for name, state in MACHINE["States"].items() if state.get("Resource", "").endswith(".sync")
)
POLICY: dict[str, dict[str, Any]] = {
    entry["Class"]: entry for entry in MACHINE["States"]["PrepareNight"]["Assign"]["failurePolicy"]
}


def deliver(client: Callable[[str], Any]) -> None:
    """Write the objects that the jobs read."""
    s3 = client("s3")
    s3.create_bucket(Bucket=BUCKET)
    manifest = json.dumps([{"prefix": _uri("")}, "objects"])
    for key in ("manifest", "objects", "code/x", "model", "train/x", "validation/x", "holdout/x"):
        s3.put_object(Bucket=BUCKET, Key=key, Body=manifest if key == "manifest" else "")


def a_night(run_id: str, step: str) -> dict[str, Any]:
    """An execution's input: the step to begin with, and the night's document."""
    night = {
        "RunId": run_id,
        "DataDate": "2026-11-21",
        "TrainDays": 2,
        "LabelDelayDays": 1,
        "HoldoutDays": 1,
        "TrainingInstanceCount": 1,
        "ImageUri": IMAGE_URI,
        "RunUri": f"s3://{BUCKET}/runs/{run_id}/",
        "Dataset": {"ManifestUri": _uri("manifest"), "ObjectsUri": _uri("objects")},
        "Code": {"Uri": _uri("code/")},
        "ProcessingInstanceType": "ml.m5.xlarge",
        "TrainingInstanceType": "ml.m5.xlarge",
        "Hyperparameters": {"objective": "binary:logistic", "num_round": "1"},
    }
    return {"Step": step, "Night": night}


def definition(role_arn: str) -> dict[str, Any]:
    """The machine: one job, its failures, and their name where FailNight would raise it."""
    prepared = MACHINE["States"]["PrepareNight"]["Assign"] | {
        "night": "{% $states.input.Night %}",
        "datasets": {
            f"{it}Uri": _uri(f"{it.lower()}/") for it in ("Train", "Validation", "Holdout")
        },
        "model": {"ModelUri": _uri("model")},
    }
    states = {
        "Begin": {"Type": "Pass", "Assign": prepared, "Next": "ChooseJob"},
        "ChooseJob": {
            "Type": "Choice",
            "Choices": [
                {"Condition": f"{{% $states.input.Step = '{name}' %}}", "Next": name}
                for name in JOBS
            ],
        },
        **{name: _job(MACHINE["States"][name]) for name in JOBS},
        **{name: MACHINE["States"][name] for name in ROUTING},
        "FailNight": {
            "Type": "Fail",
            "Error": "{% $failure.Class %}",
            "Cause": "{% $string($failure) %}",
        },
        "Done": {"Type": "Succeed"},
    }
    text = json.dumps({**MACHINE, "StartAt": "Begin", "States": states})
    substitutions = {
        "JobPrefix": PREFIX,
        "JobRoleArn": role_arn,
        "FallbackInstanceTypes": LADDER,
        "NetworkIsolation": "ENABLED",
        **dict.fromkeys(("KmsKeyArn", "SubnetIds", "SecurityGroupIds"), ""),
    }
    for name, value in substitutions.items():
        text = text.replace(f"${{{name}}}", value)
    machine: dict[str, Any] = json.loads(text)
    return machine


def _job(state: Mapping[str, Any]) -> dict[str, Any]:
    """A job state as it is, but for a processing container that has nothing to do."""
    arguments = state["Arguments"]
    if isinstance(arguments, dict):  # a training job has no program of its own
        idle = {"ContainerEntrypoint": ["true"], "ContainerArguments": ["{% $night.RunId %}"]}
        app = arguments["AppSpecification"] | idle
        arguments = {**arguments, "AppSpecification": app}
    return {**state, "Arguments": arguments, "Next": "Done"}


def _uri(key: str) -> str:
    return f"s3://{BUCKET}/{key}"
