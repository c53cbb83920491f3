"""An instance whose faults each test writes for itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml

from embedded_aws.faults.fault import Firing
from embedded_aws.faults.plan import FaultPlan
from embedded_aws.faults.reading import read_faults
from embedded_aws.instance import Instance


@pytest.fixture
def faults(aws: Instance) -> Iterator[FaultPlan]:
    """The instance's plan, empty before and after."""
    yield aws.faults
    aws.faults.clear()


@pytest.fixture
def script(faults: FaultPlan) -> Callable[..., None]:
    """Put one fault into the plan, as a file would."""

    def add(service: str, operation: str, effect: Any, **more: Any) -> None:
        fault = {"service": service, "operation": operation, "effect": effect, **more}
        faults.add(*read_faults(yaml.safe_dump({"faults": [fault]})))

    return add


@pytest.fixture
def struck(faults: FaultPlan) -> Callable[[], list[Firing]]:
    """What has struck since the test began."""
    before = len(faults.firings)
    return lambda: list(faults.firings[before:])
