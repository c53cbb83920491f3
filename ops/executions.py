"""The executions of the retrain machine: which there are, and of which night."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Protocol

from botocore.exceptions import ClientError

from ops.clients import Call, Response, StepFunctions
from ops.errors import NoSuchNight

_NAME = re.compile(r"(?P<data_date>\d{4}-\d{2}-\d{2})(-\d+)?")
_MOST_PER_PAGE = 1000


class ExecutionLister(Protocol):
    """Whichever client lists executions."""

    list_executions: Call


@dataclass(frozen=True)
class Execution:
    """An execution of the retrain machine, which is a night."""

    arn: str
    name: str
    status: str
    started: datetime
    data_date: str


def newest_first(
    stepfunctions: ExecutionLister, state_machine_arn: str, **filters: str
) -> Iterator[Response]:
    """The items of ListExecutions, which forgets an execution 90 days after its end."""
    return pages(
        stepfunctions.list_executions,
        "executions",
        stateMachineArn=state_machine_arn,
        maxResults=_MOST_PER_PAGE,
        **filters,
    )


def history(stepfunctions: StepFunctions, execution_arn: str) -> Iterator[Response]:
    """The events of an execution, oldest first."""
    return pages(
        stepfunctions.get_execution_history,
        "events",
        executionArn=execution_arn,
        includeExecutionData=True,
        maxResults=_MOST_PER_PAGE,
    )


def by_data_date(
    stepfunctions: StepFunctions, state_machine_arn: str
) -> Mapping[str, Sequence[Execution]]:
    """All executions by the data date of their night, oldest first.

    The name says it, of a night that was started by the schedule or by ``nightly``; an execution
    under any other name is asked for its input.
    """
    found = defaultdict[str, list[Execution]](list)
    for item in newest_first(stepfunctions, state_machine_arn):
        arn, name = item["executionArn"], item["name"]
        data_date = named_date(name) or _asked_date(stepfunctions, arn)
        execution = Execution(arn, name, item["status"], item["startDate"], data_date)
        found[data_date].insert(0, execution)
    return found


def describe(stepfunctions: StepFunctions, state_machine_arn: str, night: str) -> Response:
    """DescribeExecution of a night by its execution's name.

    Raises:
        NoSuchNight: there is none of that name, or there is none any more.
    """
    try:
        return stepfunctions.describe_execution(executionArn=arn_of(state_machine_arn, night))
    except ClientError as refused:
        if refused.response["Error"]["Code"] not in {"ExecutionDoesNotExist", "InvalidArn"}:
            raise
        raise NoSuchNight(
            f"There is no execution {night}. Step Functions forgets them 90 days after their end;"
            " `nightly nights` lists the last ones, `nightly start --date` starts one anew."
        ) from refused


def arn_of(state_machine_arn: str, name: str) -> str:
    """The ARN that an execution of a machine has under a name."""
    return f"{state_machine_arn.replace(':stateMachine:', ':execution:', 1)}:{name}"


def named_date(name: str) -> str:
    """The data date in an execution's name, suffix or not; empty where it has none."""
    parts = _NAME.fullmatch(name)
    return parts["data_date"] if parts else ""


def free_names(data_date: str, taken: Collection[str]) -> Iterator[str]:
    """Names for one more execution of a night, best first: its date, then with -2, -3 and so on."""
    names = (data_date if number == 1 else f"{data_date}-{number}" for number in count(1))
    return (name for name in names if name not in taken)


def pages(call: Call, member: str, **parameters: object) -> Iterator[Response]:
    """The items of all pages of a listing of Step Functions."""
    token: dict[str, str] = {}
    while True:
        page = call(**parameters, **token)
        yield from page[member]
        if not page.get("nextToken"):
            return
        token = {"nextToken": page["nextToken"]}


def data_date_of(input_text: str) -> str:
    """The data date in an execution's input; empty where it names none."""
    given = json.loads(input_text)
    return str(given.get("DataDate", "")) if isinstance(given, dict) else ""


def _asked_date(stepfunctions: StepFunctions, execution_arn: str) -> str:
    return data_date_of(stepfunctions.describe_execution(executionArn=execution_arn)["input"])
