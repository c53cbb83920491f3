"""What the smoke test has seen when it begins to judge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lineage.rollouts.switches import Switch
from ops.stack import Stack
from smoke.run import Run


@dataclass(frozen=True)
class Evidence:
    """A stack's nights, of which the clients can still be asked more.

    Attributes:
        is_scheduled: Whether the night was started by its schedule.
        night: The one that registered a package.
        candidate: Its rollout to the candidate endpoint.
        production: The rollout that the package's approval started; None if none was.
        failed: A night whose first job cannot read its input, after its first end.
        redriven: The same night after its redrive.
        stopped: A night whose job was stopped by SageMaker's own call.
    """

    clients: Mapping[str, Any]
    stack: Stack
    is_scheduled: bool
    night: Run
    candidate: Run
    production: Run | None
    failed: Run
    redriven: Run
    stopped: Run

    @property
    def sagemaker(self) -> Any:  # noqa: ANN401  # boto3 client
        """The service of most doubts."""
        return self.clients["sagemaker"]

    @property
    def package_arn(self) -> str:
        """Of the package that the night registered."""
        return str(self.night.answered("RegisterIfGoodEnough")["ModelPackageArn"])


@dataclass(frozen=True)
class Aftermath:
    """What there was to see when the stack had been torn down.

    Attributes:
        job: The job of the night that ran when the teardown began.
        failures: How many ends of that night are on record.
        switch: What the switch log told last of the candidate endpoint.
    """

    job: Mapping[str, Any]
    failures: int
    switch: Switch
