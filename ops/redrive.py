"""Redrives a night from where it failed, or says why that cannot be and what can."""

from __future__ import annotations

from botocore.exceptions import ClientError

from ops.clients import Response, StepFunctions
from ops.errors import NotRedrivable
from ops.executions import describe


def redrive(
    stepfunctions: StepFunctions,
    state_machine_arn: str,
    night: str,
    *,
    old_definition: bool = False,
) -> str:
    """Redrive the execution of a name; return its ARN.

    A redrive goes on with the definition that the execution started with (Developer Guide,
    "Restarting state machine executions with redrive"), so one that was changed since is refused
    unless ``old_definition`` asks for just that.

    Raises:
        NoSuchNight: there is no execution of that name.
        NotRedrivable: with Step Functions' own reason, and the command that does help.
    """
    execution = describe(stepfunctions, state_machine_arn, night)
    _refuse_unless_redrivable(execution)
    if not old_definition:
        _refuse_if_changed(stepfunctions, state_machine_arn, execution)
    try:
        stepfunctions.redrive_execution(executionArn=execution["executionArn"])
    except ClientError as refused:
        if refused.response["Error"]["Code"] != "ExecutionNotRedrivable":
            raise
        raise _refusal(execution, refused.response["Error"]["Message"]) from refused
    return str(execution["executionArn"])


def _refuse_unless_redrivable(execution: Response) -> None:
    """Step Functions knows all conditions: status, 14 days, a year, 24,999 events, redrives."""
    if execution["status"] == "RUNNING":
        raise NotRedrivable(f"{execution['name']} is running: wait for its end.")
    if execution["redriveStatus"] != "REDRIVABLE":
        raise _refusal(execution, execution["redriveStatusReason"])


def _refuse_if_changed(
    stepfunctions: StepFunctions, state_machine_arn: str, execution: Response
) -> None:
    started_with = stepfunctions.describe_state_machine_for_execution(
        executionArn=execution["executionArn"]
    )
    deployed = stepfunctions.describe_state_machine(stateMachineArn=state_machine_arn)
    if started_with["definition"] != deployed["definition"]:
        name = execution["name"]
        raise NotRedrivable(
            f"{name} would go on with the definition that it started with, and another one is"
            f" deployed since. To run the new one from the start: nightly rerun {name}. To go on"
            f" with the old one: nightly redrive {name} --old-definition."
        )


def _refusal(execution: Response, reason: str) -> NotRedrivable:
    name = execution["name"]
    return NotRedrivable(
        f"{name} cannot be redriven: {reason.rstrip('.')}. To run the night once more, from the"
        f" start: nightly rerun {name}."
    )
