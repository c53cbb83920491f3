"""The deployed stack as the commands see it: its outputs by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from botocore.exceptions import ClientError

from ops.clients import CloudFormation, StepFunctions
from ops.errors import NoSuchStack, StackNotReady

OUTPUTS = {
    "StateMachineArn": "state_machine_arn",
    "StateMachineAliasArn": "state_machine_alias_arn",
    "QueryLineageFunctionName": "query_function_name",
    "BucketName": "bucket_name",
    "ModelPackageGroupName": "model_package_group_name",
    "ApplyLineageFunctionName": "apply_function_name",
    "TriggerDeployFunctionName": "trigger_deploy_function_name",
    "CandidateEndpointName": "candidate_endpoint_name",
    "ProductionEndpointName": "production_endpoint_name",
    "RolloutStateMachineArn": "rollout_state_machine_arn",
}
"""The outputs that commands need, and what they are called here."""


@dataclass(frozen=True)
class Stack:
    """Outputs of the application's stack."""

    name: str
    state_machine_arn: str
    state_machine_alias_arn: str
    query_function_name: str
    bucket_name: str
    model_package_group_name: str
    apply_function_name: str
    trigger_deploy_function_name: str
    candidate_endpoint_name: str
    production_endpoint_name: str
    rollout_state_machine_arn: str

    @classmethod
    def find(cls, cloudformation: CloudFormation, name: str) -> Stack:
        """Read the outputs of a deployed stack.

        Raises:
            NoSuchStack: there is none of that name.
            StackNotReady: it is not, or not yet, this application's.
        """
        try:
            stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        except ClientError as refused:
            if refused.response["Error"]["Code"] != "ValidationError":
                raise
            raise NoSuchStack(
                f"No stack {name} in this account and region. Deploy it (README), or name another"
                " with --stack."
            ) from refused
        outputs = {item["OutputKey"]: item["OutputValue"] for item in stack.get("Outputs", [])}
        missing = sorted(OUTPUTS.keys() - outputs.keys())
        if missing:
            raise StackNotReady(
                f"Stack {name} is {stack['StackStatus']} and has no output {', '.join(missing)}."
                " Deploy this version of the application to it, or name another with --stack."
            )
        return cls(name, **{field: outputs[output] for output, field in OUTPUTS.items()})

    @property
    def endpoint_names(self) -> Mapping[str, str]:
        """What the endpoints are for, and their names."""
        return {
            "production": self.production_endpoint_name,
            "candidate": self.candidate_endpoint_name,
        }

    def deployed_at(self, stepfunctions: StepFunctions) -> datetime:
        """When the version of the machine that nights are started on became the live one."""
        alias = stepfunctions.describe_state_machine_alias(
            stateMachineAliasArn=self.state_machine_alias_arn
        )
        updated: datetime = alias["updateDate"]
        return updated
