"""The operations on change sets: create, describe, execute, delete, list."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import Any

from embedded_aws.cloudformation.changes import changes_outputs, plan
from embedded_aws.cloudformation.descriptions import change_set_description, change_set_summary
from embedded_aws.cloudformation.errors import ResourceFailure, TemplateError
from embedded_aws.cloudformation.paging import page
from embedded_aws.cloudformation.records import ChangeSet, ResourceChange, Revision, Stack
from embedded_aws.cloudformation.refusals import refuse_unsupported
from embedded_aws.cloudformation.revisions import (
    InsufficientCapabilities,
    Proposal,
    propose,
    revise,
)
from embedded_aws.cloudformation.runner import Runner
from embedded_aws.cloudformation.stack_operations import check_updatable, new_stack
from embedded_aws.cloudformation.store import StackStore
from embedded_aws.cloudformation.transform import transforms
from embedded_aws.environment import Environment
from embedded_aws.gateway.service import Operation, Parameters, RequestContext, ServiceError

_CREATE_PARAMETERS = {
    "Capabilities",
    "ChangeSetName",
    "ChangeSetType",
    "Description",
    "OnStackFailure",
    "Parameters",
    "RoleARN",
    "StackName",
    "Tags",
    "TemplateBody",
    "TemplateURL",
    "UsePreviousTemplate",
}
_EXECUTE_PARAMETERS = {"ChangeSetName", "DisableRollback", "StackName"}
# In these words clients (sam, awscli) recognise that there is nothing to deploy.
_NO_CHANGES = (
    "The submitted information didn't contain changes. "
    "Submit different information to create a change set."
)


@dataclass(frozen=True)
class _Outcome:
    """What a change set came to: changes, or the reason why there are none."""

    revision: Revision | None = None
    changes: tuple[ResourceChange, ...] = ()
    failure: str | None = None


class ChangeSetOperations:
    """A change set is worked out while the client waits; AWS takes some seconds longer."""

    def __init__(self, environment: Environment, store: StackStore, runner: Runner) -> None:
        self._environment = environment
        self._store = store
        self._runner = runner

    def operations(self) -> dict[str, Operation]:
        """By API name."""
        return {
            "CreateChangeSet": self._create,
            "DeleteChangeSet": self._delete,
            "DescribeChangeSet": self._describe,
            "ExecuteChangeSet": self._execute,
            "ListChangeSets": self._list,
        }

    def _create(self, request: Parameters, context: RequestContext) -> dict[str, Any]:
        refuse_unsupported(request, _CREATE_PARAMETERS)
        stack = self._target(request)
        s3 = self._environment.clients.as_caller("s3", context.access_key_id)
        proposal = propose(request, stack, s3)
        outcome = self._outcome(stack, proposal)
        if self._store.find(stack.stack_id) is None:
            self._store.add(stack)
            self._store.set_status(stack.stack_id, "REVIEW_IN_PROGRESS", "User Initiated")
        change_set = self._change_set(request, stack, outcome)
        self._store.put_change_set(change_set)
        return {"Id": change_set.change_set_id, "StackId": stack.stack_id}

    def _target(self, request: Parameters) -> Stack:
        """The stack that the change set is for, which CREATE may have to make."""
        name, kind = request["StackName"], request.get("ChangeSetType", "UPDATE")
        stack = self._store.find(name)
        if kind == "IMPORT":
            raise ServiceError("ValidationError", "the embedded AWS does not support IMPORT")
        if stack is None or stack.is_deleted:
            if kind == "UPDATE":
                raise ServiceError("ValidationError", f"Stack [{name}] does not exist")
            return new_stack(self._environment, name)
        if any(
            item.name == request["ChangeSetName"] and item.execution_status != "EXECUTE_COMPLETE"
            for item in self._store.change_sets(stack.stack_id)
        ):
            message = f"ChangeSet {request['ChangeSetName']} already exists"
            raise ServiceError("AlreadyExistsException", message)
        if kind == "UPDATE":
            check_updatable(stack)
        elif not stack.is_under_review:
            message = (
                f"Stack [{stack.name}] already exists and cannot be created again with the "
                f"changeSet [{request['ChangeSetName']}]."
            )
            raise ServiceError("ValidationError", message)
        return stack

    def _outcome(self, stack: Stack, proposal: Proposal) -> _Outcome:
        try:
            return self._planned(stack, proposal)
        except (TemplateError, InsufficientCapabilities) as error:
            # AWS expands transforms after it has answered, so their failures show on the
            # change set; without one the call itself fails.
            if proposal.document.get("Transform"):
                return _Outcome(failure=str(error))
            code = (
                "ValidationError"
                if isinstance(error, TemplateError)
                else "InsufficientCapabilitiesException"
            )
            raise ServiceError(code, str(error)) from error

    def _planned(self, stack: Stack, proposal: Proposal) -> _Outcome:
        transforms(proposal.document)
        revision = revise(proposal, self._environment.settings)
        try:
            changes = plan(stack, revision)
        except ResourceFailure as failure:
            return _Outcome(failure=str(failure))
        if not changes and not changes_outputs(stack, revision):
            return _Outcome(failure=_NO_CHANGES)
        return _Outcome(revision, changes)

    def _change_set(self, request: Parameters, stack: Stack, outcome: _Outcome) -> ChangeSet:
        settings, name = self._environment.settings, request["ChangeSetName"]
        place = f"arn:aws:cloudformation:{settings.region}:{settings.account_id}"
        return ChangeSet(
            change_set_id=f"{place}:changeSet/{name}/{uuid.uuid4()}",
            name=name,
            stack_id=stack.stack_id,
            stack_name=stack.name,
            created_at=self._environment.clock.now(),
            description=request.get("Description"),
            on_stack_failure=request.get("OnStackFailure"),
            status="FAILED" if outcome.failure else "CREATE_COMPLETE",
            reason=outcome.failure,
            execution_status="UNAVAILABLE" if outcome.failure else "AVAILABLE",
            revision=outcome.revision,
            changes=outcome.changes,
        )

    def _describe(self, request: Parameters, _: RequestContext) -> dict[str, Any]:
        refuse_unsupported(request, {"ChangeSetName", "NextToken", "StackName"})
        change_set = self._found(request)
        return change_set_description(change_set, request)

    def _execute(self, request: Parameters, context: RequestContext) -> None:
        refuse_unsupported(request, _EXECUTE_PARAMETERS)
        change_set = self._found(request)
        if change_set.execution_status != "AVAILABLE" or change_set.revision is None:
            message = (
                f"ChangeSet [{change_set.change_set_id}] cannot be executed in its current "
                f"status of [{change_set.status}]"
            )
            raise ServiceError("InvalidChangeSetStatus", message)
        stack = self._store.stack(change_set.stack_id)
        on_failure = (
            "DO_NOTHING"
            if request.get("DisableRollback")
            else change_set.on_stack_failure or "ROLLBACK"
        )
        if stack.is_under_review:
            self._runner.create(stack, change_set.revision, on_failure, context.access_key_id)
        else:
            check_updatable(stack)
            self._runner.update(stack, change_set.revision, on_failure, context.access_key_id)
        # The stack moves on, so that its other change sets no longer hold.
        self._store.drop_change_sets(stack.stack_id)
        self._store.put_change_set(replace(change_set, execution_status="EXECUTE_COMPLETE"))

    def _delete(self, request: Parameters, _: RequestContext) -> None:
        refuse_unsupported(request, {"ChangeSetName", "StackName"})
        self._store.drop_change_set(self._found(request).change_set_id)

    def _list(self, request: Parameters, _: RequestContext) -> dict[str, Any]:
        stack = self._store.stack(request["StackName"])
        summaries = [
            change_set_summary(item)
            for item in self._store.change_sets(stack.stack_id)
            if item.execution_status != "EXECUTE_COMPLETE"
        ]
        return page("Summaries", summaries, request)

    def _found(self, request: Parameters) -> ChangeSet:
        return self._store.change_set(request["ChangeSetName"], request.get("StackName"))
