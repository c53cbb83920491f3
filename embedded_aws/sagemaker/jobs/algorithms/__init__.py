"""The built-in algorithms: they run in a job's child process and import nothing else of ours."""

from __future__ import annotations

NETWORK_VARIABLE = "EMBEDDED_AWS_NETWORK"
"""Names the folder in which the hosts of a job find each other."""
