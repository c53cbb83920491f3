"""What operators decide on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.ops.packages import GROUP


@pytest.fixture(scope="module")
def sagemaker(client: Callable[[str], Any]) -> Any:
    """A registry with an empty group."""
    registry = client("sagemaker")
    registry.create_model_package_group(ModelPackageGroupName=GROUP)
    return registry
