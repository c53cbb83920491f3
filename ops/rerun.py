"""Runs a night once more, on purpose: a new execution with the input of an earlier one."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ops.clients import StepFunctions
from ops.executions import by_data_date, data_date_of, describe, named_date
from ops.stack import Stack
from ops.start import night_input, start_next


def rerun(stepfunctions: StepFunctions, stack: Stack, night: str, settings: Sequence[str]) -> str:
    """Start the night of an execution again; return the new execution's ARN.

    Args:
        stepfunctions: Of the stack's account and region.
        stack: Whose machine ran the night, and runs it again.
        night: The execution's name.
        settings: Parameters that shall differ, as ``NAME=VALUE``.

    Raises:
        NoSuchNight: there is no execution of that name.
        InvalidSetting: a night would refuse the input.
    """
    input_text = describe(stepfunctions, stack.state_machine_arn, night)["input"]
    before, data_date = json.loads(input_text), data_date_of(input_text) or named_date(night)
    given = night_input(data_date, settings, before if isinstance(before, dict) else {})
    runs = by_data_date(stepfunctions, stack.state_machine_arn).get(data_date, ())
    taken = {run.name for run in runs}
    return start_next(stepfunctions, stack.state_machine_alias_arn, given, taken)
