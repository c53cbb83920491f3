"""A serving embedded AWS and clients of it, for every test: as other projects have them."""

from __future__ import annotations

import gc
import os

from hypothesis import settings

# Read when XGBoost is loaded: its threads, and another worker's, wait without spinning.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

# A busy machine is no failure, and what CI tries today it tries again tomorrow; `soak` looks
# further.
settings.register_profile("suite", deadline=None, derandomize=True)
# For a night on a machine of its own: pytest --hypothesis-profile=soak
settings.register_profile("soak", deadline=None, max_examples=5_000)
settings.load_profile("suite")

# What collection makes stays; to look for garbage meanwhile takes a fifth of its time.
gc.disable()

pytest_plugins = ["embedded_aws.pytest_plugin", "tests.distribution"]


def pytest_collection_finish() -> None:
    """Look for garbage less often: service models and parsers, which stay, are most of the heap."""
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)
    gc.enable()
