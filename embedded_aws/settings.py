"""What one instance of the embedded AWS is told at its start."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from embedded_aws.clock import ClockMode
from embedded_aws.faults.fault import Fault
from embedded_aws.sagemaker.jobs.durations import JobDurations
from embedded_aws.sagemaker.lineage.quotas import LineageQuotas

LOOPBACK_HOST = "127.0.0.1"
DEFAULT_ACCOUNT_ID = "123456789012"
DEFAULT_REGION = "us-east-1"


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Settings:
    """One account, one region, one folder for what runs.

    Attributes:
        scratch: Folder for code packages, layers and job sandboxes; owned by the instance.
        port: TCP port on loopback; 0 lets the kernel choose.
        start_at: The virtual clock's first instant (aware, UTC).
        lambda_python: Interpreter that has awslambdaric and boto3, as the Lambda runtime has.
        job_python: Interpreter that has the packages of the SageMaker images.
        clock_mode: How virtual time passes at first; by a jump over waits while nothing runs.
        faults: What goes wrong, from the start.
        job_durations: How long SageMaker jobs last at least, in virtual time.
        instance_quotas: How many instances jobs may use at once, by the name of the service
            quota, such as ``ml.m5.xlarge for training job usage``; what is not named has none.
        lineage_quotas: How many lineage entities may be created by hand.
    """

    scratch: Path
    port: int = 0
    account_id: str = DEFAULT_ACCOUNT_ID
    region: str = DEFAULT_REGION
    start_at: datetime = field(default_factory=_now)
    lambda_python: Path = Path(sys.executable)
    job_python: Path = Path(sys.executable)
    clock_mode: ClockMode = ClockMode.SKIP
    faults: tuple[Fault, ...] = ()
    job_durations: JobDurations = field(default_factory=JobDurations)
    instance_quotas: Mapping[str, int] = field(default_factory=dict)
    lineage_quotas: LineageQuotas = field(default_factory=LineageQuotas)
