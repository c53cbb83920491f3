"""One run of an execution: from its start, or a redrive, to its end."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from embedded_aws.service_principals import ServicePrincipal
from embedded_aws.stepfunctions import history
from embedded_aws.stepfunctions.checkpoints import Checkpoint, Origin
from embedded_aws.stepfunctions.documents import Json, dumps, iso_instant
from embedded_aws.stepfunctions.errors import RUNTIME, Cancelled, StateFailure
from embedded_aws.stepfunctions.machines import PRINCIPAL
from embedded_aws.stepfunctions.strand import Strand
from embedded_aws.stepfunctions.task_tokens import TaskTokens
from embedded_aws.stepfunctions.variables import StoredVariables

if TYPE_CHECKING:
    from embedded_aws.environment import Environment
    from embedded_aws.stepfunctions.executions import Execution

# Quotas page: an execution that has no timeout ends after a year.
_LONGEST_SECONDS = 365 * 86_400
_BROKEN = "The embedded AWS itself failed while it ran this execution; its error output says how."


class Run:
    """Drives an execution's strands, writes its events and ends it exactly once.

    Attributes:
        seed: What the strands' random numbers start from: the same for a repeated run.
    """

    def __init__(
        self,
        execution: Execution,
        environment: Environment,
        tokens: TaskTokens,
        resumed: Checkpoint | None = None,
    ) -> None:
        self.execution = execution
        self.input: Json = json.loads(execution.input_text)
        self.tokens = tokens
        self.variables = StoredVariables()
        self.clock = environment.clock
        self.region = environment.settings.region
        self._clients = environment.clients
        self.seed = f"{execution.arn}/{execution.redrive_count}"
        workflow = execution.revision.machine.workflow
        self._top = Strand(self, workflow, "", Origin(resumed=resumed))
        seconds = execution.revision.machine.timeout_seconds or _LONGEST_SECONDS
        self._timer = self.clock.call_later(seconds, self._time_out)

    def start(self) -> None:
        """Go, in a thread of its own."""
        self.clock.spawn(self._drive, self.execution.arn)

    def context(self) -> Mapping[str, Json]:
        """The context object, but for the state's own part."""
        execution = self.execution
        known: dict[str, Json] = {
            "Id": execution.arn,
            "Input": self.input,
            "StartTime": iso_instant(execution.started_at),
            "Name": execution.name,
            "RoleArn": execution.revision.role_arn,
            "RedriveCount": execution.redrive_count,
        }
        if execution.redriven_at is not None:
            known["RedriveTime"] = iso_instant(execution.redriven_at)
        machine = {"Id": execution.revision.machine_arn, "Name": execution.revision.name}
        return {"Execution": known, "StateMachine": machine}

    def client(self, service: str, role_arn: str | None = None) -> Any:  # noqa: ANN401  # boto3 client
        """A client under the machine's role, or under one that this role may assume.

        AWS makes up a session name per execution; here a machine's executions share one, so
        that a thousand of them share one set of clients.
        """
        revision = self.execution.revision
        assumer = ServicePrincipal(PRINCIPAL, revision.machine_arn)
        own, session_name = revision.role_arn, revision.session_name
        if role_arn is None:
            return self._clients.as_role(service, own, session_name, assumer)
        assuming = self._clients.role_credentials(own, session_name, assumer)
        return self._clients.as_chained_role(service, role_arn, session_name, assuming)

    def record(
        self, strand: Strand, kind: str, previous_id: int, details: Mapping[str, Any] | None
    ) -> int:
        """Write an event for a strand that is still wanted.

        Raises:
            Cancelled: the strand, or the whole run, has been ended.
        """
        with self.execution.lock:
            if strand.cancelled or self.execution.run is not self:
                raise Cancelled
            if len(self.execution.history) >= history.MAX_EVENTS - 1:
                self._fail_for_length()
            return int(self.execution.append(kind, previous_id, details)["id"])

    def abort(self, error: str | None, cause: str | None) -> None:
        """End it from outside, as StopExecution does."""
        self._end("ABORTED", "ExecutionAborted", 0, history.failure(error, cause))

    def _drive(self) -> None:
        try:
            output = self._top.execute(self.input)
        except StateFailure as failure:
            details = history.failure(failure.error, failure.cause)
            self._end("FAILED", "ExecutionFailed", self._top.last_event_id, details)
        except Cancelled:
            return
        else:
            succeeded = {"output": dumps(output), "outputDetails": history.NOT_TRUNCATED}
            self._end("SUCCEEDED", "ExecutionSucceeded", self._top.last_event_id, succeeded)
        finally:
            # Without effect unless this thread broke: an execution never stays RUNNING for ever.
            broken = history.failure(RUNTIME, _BROKEN)
            self._end("FAILED", "ExecutionFailed", self._top.last_event_id, broken)

    def _fail_for_length(self) -> None:
        cause = (
            f"The execution reached the maximum number of history events ({history.MAX_EVENTS})."
        )
        details = history.failure(RUNTIME, cause)
        self._end("FAILED", "ExecutionFailed", self._top.last_event_id, details)
        raise Cancelled

    def _end(self, status: str, kind: str, previous_id: int, details: Mapping[str, Any]) -> None:
        with self.execution.lock:
            if self.execution.run is not self:
                return
            self.execution.append(kind, previous_id, details)
            self.execution.close(status, details, self._top.checkpoint())
        self.clock.cancel(self._timer)
        self._top.cancel()
        self.execution.announce()

    def _time_out(self) -> None:
        # No Catch sees this, and DescribeExecution shows neither error nor cause.
        self._end("TIMED_OUT", "ExecutionTimedOut", 0, history.failure("States.Timeout", None))
