"""A serving embedded AWS and clients of it, for every test: as other projects have them."""

from __future__ import annotations

from hypothesis import settings

# A busy machine is no failure.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")

pytest_plugins = ["embedded_aws.pytest_plugin"]
