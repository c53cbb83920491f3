"""Both kinds of job as one part of the SageMaker service."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from embedded_aws.environment import Environment
from embedded_aws.gateway.service import Operation
from embedded_aws.sagemaker.jobs.family import JobFamily
from embedded_aws.sagemaker.jobs.processing import ProcessingRun
from embedded_aws.sagemaker.jobs.requests import processing_document, training_document
from embedded_aws.sagemaker.jobs.training import TrainingRun
from embedded_aws.sagemaker.tags import Tags


class Jobs:
    """Processing and training jobs; their names do not get in each other's way.

    ``when_ended`` is told what Describe answers for each job that reached its end.
    """

    def __init__(
        self,
        environment: Environment,
        tags: Tags,
        when_ended: Callable[[Mapping[str, Any]], None],
    ) -> None:
        self._families = (
            JobFamily(ProcessingRun, processing_document, environment, tags, when_ended),
            JobFamily(TrainingRun, training_document, environment, tags, when_ended),
        )

    def operations(self) -> Mapping[str, Operation]:
        """The operations on both kinds, by API name."""
        return {
            name: call for family in self._families for name, call in family.operations().items()
        }

    def close(self) -> None:
        """End every job that still runs."""
        for family in self._families:
            family.close()
