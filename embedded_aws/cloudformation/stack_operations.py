"""The operations that work on stacks: create, update, roll back, delete."""

from __future__ import annotations

import re
import uuid
from typing import Any

from embedded_aws.cloudformation.changes import changes_outputs, plan
from embedded_aws.cloudformation.errors import ResourceFailure, TemplateError
from embedded_aws.cloudformation.records import Revision, Stack
from embedded_aws.cloudformation.refusals import refuse_unsupported
from embedded_aws.cloudformation.revisions import (
    InsufficientCapabilities,
    Proposal,
    propose,
    revise,
)
from embedded_aws.cloudformation.runner import Runner
from embedded_aws.cloudformation.store import StackStore
from embedded_aws.cloudformation.transform import transforms
from embedded_aws.environment import Environment
from embedded_aws.gateway.service import Operation, Parameters, RequestContext, ServiceError

_NAME = re.compile(r"[a-zA-Z][-a-zA-Z0-9]{0,127}")
_UPDATABLE = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"}
_TEMPLATE_PARAMETERS = {
    "Capabilities",
    "DisableRollback",
    "Parameters",
    "RoleARN",
    "StackName",
    "Tags",
    "TemplateBody",
    "TemplateURL",
}


class StackOperations:
    """Answers once the operation has started; describing the stack tells how it goes on."""

    def __init__(self, environment: Environment, store: StackStore, runner: Runner) -> None:
        self._environment = environment
        self._store = store
        self._runner = runner

    def operations(self) -> dict[str, Operation]:
        """By API name."""
        return {
            "CreateStack": self._create_stack,
            "DeleteStack": self._delete_stack,
            "RollbackStack": self._rollback_stack,
            "UpdateStack": self._update_stack,
        }

    def _create_stack(self, request: Parameters, context: RequestContext) -> dict[str, Any]:
        refuse_unsupported(request, _TEMPLATE_PARAMETERS | {"OnFailure"})
        stack = new_stack(self._environment, request["StackName"])
        revision = self._revision(request, stack, context)
        self._store.add(stack)
        self._runner.create(stack, revision, _on_failure(request), context.access_key_id)
        return {"StackId": stack.stack_id}

    def _update_stack(self, request: Parameters, context: RequestContext) -> dict[str, Any]:
        refuse_unsupported(request, _TEMPLATE_PARAMETERS | {"UsePreviousTemplate"})
        stack = self._store.stack(request["StackName"])
        check_updatable(stack)
        revision = self._revision(request, stack, context)
        if not _is_change(stack, revision):
            raise ServiceError("ValidationError", "No updates are to be performed.")
        self._runner.update(stack, revision, _on_failure(request), context.access_key_id)
        return {"StackId": stack.stack_id}

    def _delete_stack(self, request: Parameters, context: RequestContext) -> None:
        refuse_unsupported(request, {"RetainResources", "StackName"})
        stack = self._store.find(request["StackName"])
        if stack is None or stack.is_deleted:
            return
        retained = request.get("RetainResources", [])
        if retained and stack.status != "DELETE_FAILED":
            message = f"Stack [{stack.name}] is not in DELETE_FAILED, so it cannot retain resources"
            raise ServiceError("ValidationError", message)
        if stack.is_in_progress:
            message = f"Stack [{stack.name}] cannot be deleted while in status {stack.status}"
            raise ServiceError("ValidationError", message)
        self._store.drop_change_sets(stack.stack_id)
        self._runner.delete(stack, retained, context.access_key_id)

    def _rollback_stack(self, request: Parameters, context: RequestContext) -> dict[str, Any]:
        refuse_unsupported(request, {"StackName"})
        stack = self._store.stack(request["StackName"])
        if stack.status == "CREATE_FAILED":
            self._runner.undo_creation(stack, context.access_key_id)
        elif stack.status == "UPDATE_FAILED" and stack.fallback is not None:
            self._runner.undo_update(stack, stack.fallback, context.access_key_id)
        else:
            message = (
                f"Stack:{stack.stack_id} is in {stack.status} state and can not be rolled back"
            )
            raise ServiceError("ValidationError", message)
        return {"StackId": stack.stack_id}

    def _revision(self, request: Parameters, stack: Stack, context: RequestContext) -> Revision:
        s3 = self._environment.clients.as_caller("s3", context.access_key_id)
        proposal = propose(request, stack, s3)
        try:
            revision = revise(proposal, self._environment.settings)
            _check_macros_acknowledged(proposal)
        except TemplateError as error:
            raise ServiceError("ValidationError", str(error)) from error
        except InsufficientCapabilities as error:
            raise ServiceError("InsufficientCapabilitiesException", str(error)) from error
        return revision


def new_stack(environment: Environment, name: str) -> Stack:
    """A stack under review, not in the store yet.

    Raises:
        ServiceError: ``ValidationError``, the name is not legal.
    """
    if not _NAME.fullmatch(name):
        message = (
            f"1 validation error detected: Value '{name}' at 'stackName' failed to satisfy "
            "constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*"
        )
        raise ServiceError("ValidationError", message)
    settings = environment.settings
    place = f"arn:aws:cloudformation:{settings.region}:{settings.account_id}"
    stack_id = f"{place}:stack/{name}/{uuid.uuid4()}"
    return Stack(stack_id, name, "REVIEW_IN_PROGRESS", environment.clock.now(), "User Initiated")


def check_updatable(stack: Stack) -> None:
    """Pass a stack that can be updated.

    Raises:
        ServiceError: ``ValidationError``, an operation is under way or the last one failed.
    """
    if stack.status not in _UPDATABLE:
        message = f"Stack:{stack.stack_id} is in {stack.status} state and can not be updated."
        raise ServiceError("ValidationError", message)


def _is_change(stack: Stack, revision: Revision) -> bool:
    try:
        return bool(plan(stack, revision)) or changes_outputs(stack, revision)
    except ResourceFailure:
        # Without a change set, such a resource fails when its turn comes.
        return True


def _check_macros_acknowledged(proposal: Proposal) -> None:
    given = proposal.request.get("Capabilities", [])
    if transforms(proposal.document) and "CAPABILITY_AUTO_EXPAND" not in given:
        raise InsufficientCapabilities("Requires capabilities : [CAPABILITY_AUTO_EXPAND]")


def _on_failure(request: Parameters) -> str:
    if request.get("DisableRollback"):
        return "DO_NOTHING"
    return str(request.get("OnFailure", "ROLLBACK"))
