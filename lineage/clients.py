"""The calls of AWS that lineage makes, all of them; boto3's clients satisfy these protocols."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

Response = dict[str, Any]
Call = Callable[..., Response]


class SageMaker(Protocol):
    """Jobs and packages are described; lineage entities are found, written and walked."""

    describe_processing_job: Call
    describe_training_job: Call
    describe_model_package: Call
    describe_model_package_group: Call
    describe_endpoint: Call
    list_model_packages: Call
    list_artifacts: Call
    describe_artifact: Call
    create_artifact: Call
    update_artifact: Call
    delete_artifact: Call
    describe_action: Call
    create_action: Call
    update_action: Call
    delete_action: Call
    list_actions: Call
    describe_context: Call
    create_context: Call
    update_context: Call
    add_association: Call
    delete_association: Call
    list_associations: Call
    query_lineage: Call


class S3(Protocol):
    """Records are written once and read, notes taken back; source objects are only listed."""

    get_object: Call
    put_object: Call
    delete_object: Call
    list_objects_v2: Call
    list_object_versions: Call


@dataclass(frozen=True)
class Clients:
    """Clients of one account and region; give them adaptive retries, lineage is throttled early."""

    sagemaker: SageMaker
    s3: S3
