"""A lineage client, and entities made in one line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count, pairwise
from typing import Any

import pytest

from embedded_aws.instance import Instance

_NUMBERS = count()


def unique(stem: str) -> str:
    """A name that no other test of the process uses."""
    return f"{stem}-{next(_NUMBERS)}"


class LineageMaker:
    """Creates entities by hand and returns their ARNs."""

    def __init__(self, sagemaker: Any) -> None:
        self.sagemaker = sagemaker

    def artifact(self, uri: str | None = None, kind: str = "DataSet", **more: Any) -> str:
        source = {"SourceUri": uri or f"s3://bucket/{unique('object')}"}
        made = self.sagemaker.create_artifact(Source=source, ArtifactType=kind, **more)
        return str(made["ArtifactArn"])

    def action(self, name: str | None = None, kind: str = "ProcessingJob", **more: Any) -> str:
        made = self.sagemaker.create_action(
            ActionName=name or unique("action"),
            Source={"SourceUri": "arn:of:a:job"},
            ActionType=kind,
            **more,
        )
        return str(made["ActionArn"])

    def context(self, name: str | None = None, kind: str = "Workflow", **more: Any) -> str:
        made = self.sagemaker.create_context(
            ContextName=name or unique("context"),
            Source={"SourceUri": "arn:of:a:workflow"},
            ContextType=kind,
            **more,
        )
        return str(made["ContextArn"])

    def join(self, source: str, destination: str, kind: str = "ContributedTo") -> None:
        self.sagemaker.add_association(
            SourceArn=source, DestinationArn=destination, AssociationType=kind
        )

    def chain(self, length: int) -> list[str]:
        """Artifacts that follow one another; the first is the oldest ancestor."""
        arns = [self.artifact() for _ in range(length)]
        for source, destination in pairwise(arns):
            self.join(source, destination)
        return arns


@pytest.fixture(scope="module")
def sagemaker(client: Callable[[str], Any]) -> Any:
    return client("sagemaker")


@pytest.fixture(scope="module")
def lineage(sagemaker: Any) -> LineageMaker:
    return LineageMaker(sagemaker)


@pytest.fixture
def pass_seconds(aws: Instance) -> Callable[[float], datetime]:
    """Let virtual time pass and tell the new time; API filters know whole seconds only."""
    clock = aws.environment.clock

    def advance(seconds: float) -> datetime:
        clock.advance_to(clock.now() + timedelta(seconds=seconds))
        return clock.now()

    return advance
