"""What people are told of a night that gave no new model: why, and where to look."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from night.history import Reading
from night.outcome import Ended, told

# SNS, Publish: a subject is printable ASCII, and "less than 100 characters long".
_LONGEST_SUBJECT = 99
_UNPRINTABLE = re.compile(r"[^ -~]+")
_JOB = re.compile(r'"(?P<kind>Processing|Training)JobName": ?"(?P<name>[^"]+)"')
_HANDBOOK = "docs/operations.md"
# A state machine is named by its stack, with this behind (template.yaml).
_MACHINE = "-retrain"
_CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}


@dataclass(frozen=True)
class Notice:
    """A message for a topic.

    Attributes:
        subject: What SNS takes for one.
        text: Lines, the first of which says it all.
    """

    subject: str
    text: str


def of_failure(ended: Ended, reading: Reading) -> Notice:
    """A night that failed, took too long or was stopped."""
    name = ended.execution_arn.rpartition(":")[2]
    status = ended.status.lower().replace("_", " ")
    where = f" in {reading.step}" if reading.step else ""
    error = f": {reading.error}" if reading.error else ""
    headline = f"{ended.workflow} {name} {status}{where}{error}"
    lines = [headline, "", told(reading.cause) or "No cause was given.", ""]
    lines += [*_job_log(ended, reading), f"Execution: {_execution(ended.execution_arn)}", ""]
    lines += _way_out(ended, reading, name)
    return Notice(_subject(headline), "\n".join(lines))


def of_rejection(execution_arn: str, workflow: str, output: Mapping[str, Any]) -> Notice:
    """A night whose model was not good enough."""
    headline = f"{workflow} {output['DataDate']} rejected: AUC {output['Auc']:.4f}"
    lines = [
        f"{headline} {_why(output)}",
        "",
        "Nothing was registered and nothing deployed; what serves goes on serving.",
        "",
        f"Execution: {_execution(execution_arn)}",
        f"What to do: {_HANDBOOK}, {output['Reason']}",
    ]
    return Notice(_subject(headline), "\n".join(lines))


def _why(output: Mapping[str, Any]) -> str:
    match output["Reason"]:
        case "AucBelowThreshold":
            return f"is below {output['AucThreshold']}"
        case "NonInferiorityNotShown":
            return "is not shown to be as good as that of the model in production"
        case reason:
            return f"was good enough, the reason is {reason}"


def _way_out(ended: Ended, reading: Reading, name: str) -> list[str]:
    """Where the handbook tells of it, and the commands as they are typed."""
    # What somebody gave as the error of an execution that he stopped is in no handbook.
    entry = reading.error if ended.status == "FAILED" and reading.error else ended.status
    stack = ended.workflow.removesuffix(_MACHINE)
    return [
        f"What to do: {_HANDBOOK}, {entry}. When the cause is gone, one of",
        f"  nightly redrive {name} --stack {stack}",
        f"  nightly rerun {name} --stack {stack}",
        f"the former goes on from {reading.step or 'where it ended'}, the latter begins anew.",
    ]


def _job_log(ended: Ended, reading: Reading) -> list[str]:
    failure = reading.variables.get("failure") or {}
    job = _JOB.search(str(failure.get("Cause", "")))
    if job is None or failure.get("Step") != reading.step:
        return []
    group = f"/aws/sagemaker/{job['kind']}Jobs".replace("/", "$252F")
    stream = f"$3FlogStreamNameFilter$3D{job['name']}"
    path = f"#logsV2:log-groups/log-group/{group}{stream}"
    return [f"Job's log: {_console(ended.execution_arn, 'cloudwatch', path)}"]


def _execution(execution_arn: str) -> str:
    return _console(execution_arn, "states", f"#/v2/executions/details/{execution_arn}")


def _console(execution_arn: str, service: str, path: str) -> str:
    """A page of the console of the execution's region and partition."""
    _, partition, _, region, _ = execution_arn.split(":", 4)
    return f"https://{region}.{_CONSOLES[partition]}/{service}/home?region={region}{path}"


def _subject(headline: str) -> str:
    return _UNPRINTABLE.sub(" ", headline)[:_LONGEST_SUBJECT].strip()
