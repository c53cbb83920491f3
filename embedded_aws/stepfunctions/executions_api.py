"""The API of executions: start, stop, redrive, describe, list, history."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from embedded_aws.gateway.service import Operation, Parameters, RequestContext, ServiceError
from embedded_aws.stepfunctions.documents import MAX_PAYLOAD_BYTES, Json, size_bytes
from embedded_aws.stepfunctions.execution_views import (
    input_and_outcome,
    list_item,
    redrive_status,
    started_details,
    summary,
)
from embedded_aws.stepfunctions.executions import Execution, ExecutionStore, Follower
from embedded_aws.stepfunctions.machines import MachineStore, Target, split_arn
from embedded_aws.stepfunctions.machines_api import describe_revision, refuse_metadata_only
from embedded_aws.stepfunctions.names import check_name
from embedded_aws.stepfunctions.paging import page
from embedded_aws.stepfunctions.run import Run
from embedded_aws.stepfunctions.task_tokens import TaskTokens

if TYPE_CHECKING:
    from embedded_aws.environment import Environment


class ExecutionsApi:
    """Starts runs and answers for their records."""

    def __init__(
        self,
        environment: Environment,
        machines: MachineStore,
        executions: ExecutionStore,
        tokens: TaskTokens,
        followers: tuple[Follower, ...],
    ) -> None:
        self._environment = environment
        self._machines = machines
        self._executions = executions
        self._tokens = tokens
        self._followers = followers

    def operations(self) -> Mapping[str, Operation]:
        """The operations answered here."""
        return {
            "StartExecution": self.start_execution,
            "StopExecution": self.stop_execution,
            "RedriveExecution": self.redrive_execution,
            "DescribeExecution": self.describe_execution,
            "DescribeStateMachineForExecution": self.describe_state_machine_for_execution,
            "ListExecutions": self.list_executions,
            "GetExecutionHistory": self.get_execution_history,
        }

    def close(self) -> None:
        """End every run."""
        for execution in self._executions.newest_first():
            run = execution.run
            if run is not None:
                run.abort(None, None)

    def start_execution(self, parameters: Parameters, _context: RequestContext) -> Json:
        """Start a run; the same name with the same input, while running, is the same run."""
        input_text = parameters.get("input", "{}")
        _check_input(input_text)
        name = parameters.get("name") or str(uuid.uuid4())
        check_name(name)
        with self._machines.lock:
            target = self._machines.target(parameters["stateMachineArn"])
        with self._executions.lock:
            arn = self._execution_arn(target, name)
            known = self._executions.find(arn)
            if known is None:
                known = self._start(arn, target, name, input_text)
                known.trace_header = parameters.get("traceHeader")
            elif known.status != "RUNNING" or known.input_text != input_text:
                raise ServiceError("ExecutionAlreadyExists", f"Execution Already Exists: '{arn}'")
        return {"executionArn": arn, "startDate": known.started_at}

    def stop_execution(self, parameters: Parameters, _context: RequestContext) -> Json:
        """End a run where it stands; its jobs are stopped as well as may be."""
        execution = self._get(parameters["executionArn"])
        run = execution.run
        if run is not None:
            run.abort(parameters.get("error"), parameters.get("cause"))
        return {"stopDate": execution.stopped_at}

    def redrive_execution(self, parameters: Parameters, _context: RequestContext) -> Json:
        """Run on from where the execution failed, with the variables it had."""
        execution = self._get(parameters["executionArn"])
        token = parameters.get("clientToken")
        with execution.lock:
            if token is None or token != execution.redrive_token:
                self._redrive(execution, token)
            return {"redriveDate": execution.redriven_at}

    def describe_execution(self, parameters: Parameters, _context: RequestContext) -> Json:
        """The record, with or without the data that passed through it."""
        execution = self._get(parameters["executionArn"])
        with execution.lock:
            described = {**summary(execution), **redrive_status(execution, self._now())}
            if execution.trace_header is not None:
                described["traceHeader"] = execution.trace_header
            if parameters.get("includedData", "ALL_DATA") == "ALL_DATA":
                described |= input_and_outcome(execution)
        return described

    def describe_state_machine_for_execution(
        self, parameters: Parameters, _context: RequestContext
    ) -> Json:
        """The definition that an execution started with."""
        refuse_metadata_only(parameters)
        execution = self._get(parameters["executionArn"])
        revision = execution.revision
        described = describe_revision(revision)
        del described["type"]
        return {**described, "updateDate": revision.made_at}

    def list_executions(self, parameters: Parameters, _context: RequestContext) -> Json:
        """Executions of a machine, a version or an alias, newest first."""
        if "mapRunArn" in parameters or "stateMachineArn" not in parameters:
            raise ServiceError("ValidationException", "only stateMachineArn can be listed by")
        arn = parameters["stateMachineArn"]
        with self._machines.lock:
            self._machines.target(arn)
        found = [
            execution
            for execution in self._executions.newest_first()
            if _is_of(execution, arn) and _passes(execution, parameters)
        ]
        chosen, token = page(found, parameters, lambda execution: execution.arn)
        return {"executions": [list_item(execution) for execution in chosen], **token}

    def get_execution_history(self, parameters: Parameters, _context: RequestContext) -> Json:
        """The events, oldest or newest first."""
        execution = self._get(parameters["executionArn"])
        with execution.lock:
            events = execution.history.events(
                newest_first=parameters.get("reverseOrder", False),
                include_data=parameters.get("includeExecutionData", True),
            )
        chosen, token = page(events, parameters, lambda event: event["id"])
        return {"events": chosen, **token}

    def _start(self, arn: str, target: Target, name: str, input_text: str) -> Execution:
        execution = Execution(
            arn, name, target.revision, input_text, self._now, self._followers, self._now(),
            version_arn=target.version_arn, alias_arn=target.alias_arn,
        )  # fmt: skip
        execution.run = run = Run(execution, self._environment, self._tokens)
        with execution.lock:
            execution.append("ExecutionStarted", 0, started_details(execution))
        self._executions.add(execution)
        execution.announce()
        run.start()
        return execution

    def _redrive(self, execution: Execution, token: str | None) -> None:
        status = redrive_status(execution, self._now())
        if status["redriveStatus"] != "REDRIVABLE":
            raise ServiceError("ExecutionNotRedrivable", status["redriveStatusReason"])
        execution.redrive_count += 1
        execution.redriven_at = self._now()
        execution.redrive_token = token
        execution.status, execution.stopped_at, execution.outcome = "RUNNING", None, {}
        execution.run = run = Run(execution, self._environment, self._tokens, execution.checkpoint)
        details = {"redriveCount": execution.redrive_count}
        execution.append("ExecutionRedriven", 0, details)
        execution.announce()
        run.start()

    def _get(self, arn: str) -> Execution:
        execution = self._executions.find(arn)
        if execution is not None:
            return execution
        if not arn.startswith("arn:aws:states:"):
            raise ServiceError("InvalidArn", f"Invalid Arn: 'Invalid ARN prefix: {arn}'")
        raise ServiceError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")

    def _execution_arn(self, target: Target, name: str) -> str:
        prefix = target.machine.arn.replace(":stateMachine:", ":execution:")
        return f"{prefix}:{name}"

    def _now(self) -> datetime:
        return self._environment.clock.now()


def _check_input(input_text: str) -> None:
    if not input_text or size_bytes(input_text) > MAX_PAYLOAD_BYTES:
        raise _invalid_input("Invalid execution input.")
    try:
        json.loads(input_text)
    except ValueError as malformed:
        raise _invalid_input(str(malformed)) from malformed


def _invalid_input(reason: str) -> ServiceError:
    message = f"Invalid State Machine Execution Input: '{reason}'"
    return ServiceError("InvalidExecutionInput", message)


def _is_of(execution: Execution, arn: str) -> bool:
    machine_arn, qualifier = split_arn(arn)
    if qualifier is None:
        return execution.revision.machine_arn == machine_arn
    return arn in {execution.version_arn, execution.alias_arn}


def _passes(execution: Execution, parameters: Parameters) -> bool:
    if parameters.get("statusFilter", execution.status) != execution.status:
        return False
    redriven = {"REDRIVEN": True, "NOT_REDRIVEN": False}.get(parameters.get("redriveFilter", ""))
    return redriven is None or redriven == (execution.redrive_count > 0)
