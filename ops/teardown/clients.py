"""The calls of AWS that the teardown makes, all of them; boto3's clients satisfy these protocols.

They are not among those of ops/clients.py, for whoever runs nights need not be allowed to end them
all: docs/teardown-policy.json allows these, and a test holds it to this module.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from ops.clients import Call


class StepFunctions(Protocol):
    """Nights and rollouts are listed and stopped."""

    list_executions: Call
    stop_execution: Call


class SageMaker(Protocol):
    """Jobs are listed and stopped; endpoints, their configurations and models are deleted."""

    list_processing_jobs: Call
    list_training_jobs: Call
    stop_processing_job: Call
    stop_training_job: Call
    describe_endpoint: Call
    delete_endpoint: Call
    list_endpoint_configs: Call
    delete_endpoint_config: Call
    list_models: Call
    delete_model: Call


class Scheduler(Protocol):
    """Schedules are disabled."""

    get_schedule: Call
    update_schedule: Call


class S3(Protocol):
    """The records tell whether everything that was stopped is on record."""

    list_objects_v2: Call
    get_object: Call


class CloudFormation(Protocol):
    """The stack's outputs say what everything is called."""

    describe_stacks: Call


@dataclass(frozen=True)
class Clients:
    """Clients of the stack's account and region."""

    stepfunctions: StepFunctions
    sagemaker: SageMaker
    scheduler: Scheduler
    # Lineage's own protocol names the calls of whoever writes records, too.
    s3: Any
