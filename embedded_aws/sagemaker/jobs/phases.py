"""The phases of a job, under the names that SecondaryStatus has for them."""

from __future__ import annotations

STARTING, PENDING = "Starting", "Pending"
DOWNLOADING, RUNNING, UPLOADING = "Downloading", "Training", "Uploading"
STOPPING, STOPPED, MAX_RUNTIME_EXCEEDED = "Stopping", "Stopped", "MaxRuntimeExceeded"
COMPLETED, FAILED, IN_PROGRESS = "Completed", "Failed", "InProgress"
ENDS = frozenset({COMPLETED, FAILED, STOPPED, MAX_RUNTIME_EXCEEDED})
