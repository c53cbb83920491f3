"""The CloudFormation service: the operations that `sam`, the AWS CLI and boto3 deploy with."""

from __future__ import annotations

from collections.abc import Mapping

from embedded_aws.cloudformation.change_set_operations import ChangeSetOperations
from embedded_aws.cloudformation.description_operations import DescriptionOperations
from embedded_aws.cloudformation.runner import Runner
from embedded_aws.cloudformation.stack_operations import StackOperations
from embedded_aws.cloudformation.store import StackStore
from embedded_aws.cloudformation.template_operations import TemplateOperations
from embedded_aws.environment import Environment
from embedded_aws.gateway.service import Operation


class CloudFormationService:
    """Stacks and change sets of one instance.

    Not supported, and refused by name: nested stacks, stack sets, imports, exports, hooks,
    rules, macros other than SAM's transform, dynamic references, SSM and AWS-specific parameter
    types, stack policies, notifications, termination protection and drift detection.
    """

    name = "cloudformation"

    def __init__(self, environment: Environment) -> None:
        store = StackStore(environment.clock)
        self._runner = runner = Runner(environment, store)
        self._operations: Mapping[str, Operation] = {
            **ChangeSetOperations(environment, store, runner).operations(),
            **DescriptionOperations(store).operations(),
            **StackOperations(environment, store, runner).operations(),
            **TemplateOperations(environment, store).operations(),
        }

    def operations(self) -> Mapping[str, Operation]:
        """Every operation that is answered."""
        return self._operations

    def close(self) -> None:
        """Let running operations end."""
        self._runner.close()
