"""The calls of AWS that the commands make, all of them; boto3's clients satisfy these protocols.

The operator's IAM policy in docs/ is generated from this module, so a call that is not here is
one that nobody was told to allow.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

Response = dict[str, Any]
Call = Callable[..., Response]


class StepFunctions(Protocol):
    """Nights are listed, told from their histories, started and redriven."""

    list_executions: Call
    describe_execution: Call
    get_execution_history: Call
    describe_state_machine: Call
    describe_state_machine_alias: Call
    describe_state_machine_for_execution: Call
    start_execution: Call
    redrive_execution: Call


class SageMaker(Protocol):
    """Packages are looked at, approved and rejected; endpoints are looked at."""

    describe_model_package_group: Call
    describe_model_package: Call
    update_model_package: Call
    describe_endpoint: Call


class S3(Protocol):
    """The records tell of nights that Step Functions has forgotten."""

    list_objects_v2: Call
    get_object: Call


class CloudFormation(Protocol):
    """The stack's outputs say what everything is called."""

    describe_stacks: Call


class Lambda(Protocol):
    """The query Lambda answers questions about lineage; others repair it, and roll back."""

    invoke: Call
