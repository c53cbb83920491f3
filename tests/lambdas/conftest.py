"""What the template says in the environment of every function."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def metrics_namespace() -> Iterator[None]:
    """Metrics are the stack's own."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("POWERTOOLS_METRICS_NAMESPACE", "fraud")
        yield
