"""A serving embedded AWS and clients of it, for every test: as other projects have them."""

from __future__ import annotations

pytest_plugins = ["embedded_aws.pytest_plugin"]
