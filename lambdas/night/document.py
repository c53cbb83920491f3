"""The night document: everything that the later states of a night need to know."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from jobs.windows import NightWindows, iso_date
from lineage.names import sha256
from night import champion, job_code, parameters, snapshot
from night.errors import ChampionNotComparable, InvalidInput
from night.store import Location, Staging

_HASH_DIGITS = 8
_STACK_NAME = re.compile(r"[a-z][a-z0-9-]{0,19}")
NON_INFERIOR = "threshold-and-non-inferior"


@dataclass(frozen=True)
class Execution:
    """The execution that a night is."""

    arn: str
    start_time: str
    state_machine_name: str


@dataclass(frozen=True)
class Settings:
    """What the stack says about every night.

    Attributes:
        production_endpoint: Whose model is the champion that a night's is compared with.
        object_lock_days: How long the records are locked; 0 for not at all.
        object_lock_mode: `GOVERNANCE` or `COMPLIANCE`.
        overrides: Texts that replace the defaults of parameters, unless they are empty.
    """

    bucket: str
    labelled_uri: str
    image_uri: str
    model_package_group: str
    commit: str
    production_endpoint: str
    object_lock_days: int
    object_lock_mode: str
    overrides: Mapping[str, str]

    @classmethod
    def parse(cls, bucket: str, document: Mapping[str, Any]) -> Self:
        """Read what the state machine's definition passes on."""
        return cls(
            bucket=bucket,
            labelled_uri=document["LabelledUri"],
            image_uri=document["ImageUri"],
            model_package_group=document["ModelPackageGroup"],
            commit=document["Commit"],
            production_endpoint=document["ProductionEndpoint"],
            object_lock_days=int(document["ObjectLock"]["Days"]),
            object_lock_mode=document["ObjectLock"]["Mode"],
            overrides=document["Overrides"],
        )


def prepare(
    given: object,
    execution: Execution,
    settings: Settings,
    s3: Any,  # noqa: ANN401  # boto3 clients have no static type
) -> dict[str, Any]:
    """Validate the input, pin the objects to read, stage the code; return the night document.

    Raises:
        NightError: one of its kinds, before anything was started.
    """
    _require_short_names(execution.state_machine_name)
    night = parameters.resolve(given, settings.overrides)
    windows = _windows(night)
    taken = snapshot.take(
        s3,
        Location.parse(settings.labelled_uri),
        date.fromisoformat(iso_date(windows.lookback.first)),
        date.fromisoformat(iso_date(windows.holdout.last)),
        allow_missing=night["AllowMissingPartitions"],
    )
    staging = Staging(s3, settings.bucket)
    identity = run_id(night["DataDate"], execution)
    folder = f"dt={night['DataDate']}/{identity}/"
    challenge = _challenge(settings, f"runs/{folder}", windows)
    return {
        **night,
        "RunId": identity,
        "ExecutionArn": execution.arn,
        "Workflow": execution.state_machine_name,
        "Dataset": snapshot.publish(taken, staging),
        "Code": job_code.publish(staging, settings.commit),
        "ImageUri": settings.image_uri,
        "ModelPackageGroup": settings.model_package_group,
        "RunUri": f"s3://{settings.bucket}/runs/{folder}",
        "RecordUri": f"s3://{settings.bucket}/lineage/{folder}",
        **_record_lock(settings, execution),
        **demanded(night["GateMode"], champion.pin(s3, challenge), challenge.endpoint_name),
    }


def _windows(night: Mapping[str, Any]) -> NightWindows:
    return NightWindows.ending(
        date.fromisoformat(night["DataDate"]),
        train_days=night["TrainDays"],
        label_delay_days=night["LabelDelayDays"],
        holdout_days=night["HoldoutDays"],
    )


def _challenge(settings: Settings, run_folder: str, windows: NightWindows) -> champion.Challenge:
    return champion.Challenge(
        bucket=settings.bucket,
        endpoint_name=settings.production_endpoint,
        run_folder=run_folder,
        holdout_first=iso_date(windows.holdout.first),
    )


def _require_short_names(state_machine_name: str) -> None:
    """See that the names of jobs, which begin with the stack's, are legal before one is made."""
    stack_name = state_machine_name.removesuffix("-retrain")
    if not _STACK_NAME.fullmatch(stack_name):
        raise InvalidInput(
            f"the stack's name {stack_name} has to begin with a lower-case letter and to consist of"
            " at most 20 lower-case letters, digits and hyphens: SageMaker lower-cases names, and"
            " those of jobs carry it. Deploy the stack under another name."
        )


def demanded(
    gate_mode: str, pinned: Mapping[str, Any] | None, endpoint_name: str
) -> dict[str, Any]:
    """The pinned champion as a member of the night document.

    Raises:
        ChampionNotComparable: the gate is to decide on a comparison that cannot be made.
    """
    if pinned is None:
        return {}
    if gate_mode == NON_INFERIOR and "NotComparable" in pinned:
        raise ChampionNotComparable(
            f"GateMode {gate_mode} compares with what serves on {endpoint_name}, and that cannot"
            f" be: {pinned['NotComparable'].rstrip('.')}. Put that right and redrive the night"
            " (nightly redrive NIGHT), or start it again by the threshold alone (nightly rerun"
            " NIGHT --set GateMode=threshold)."
        )
    return {"Champion": pinned}


def _record_lock(settings: Settings, execution: Execution) -> dict[str, Any]:
    if settings.object_lock_days == 0:
        return {}
    return {
        "RecordLock": {
            "Days": settings.object_lock_days,
            "Mode": settings.object_lock_mode,
            "Since": execution.start_time,
        }
    }


def run_id(data_date: str, execution: Execution) -> str:
    """The identity of a night: `20261121-94ba5f0f`."""
    # The start time belongs to it: a stack made anew repeats execution ARNs, and SageMaker
    # never forgets a job name.
    digest = sha256(f"{execution.arn}|{execution.start_time}")
    return f"{data_date.replace('-', '')}-{digest[:_HASH_DIGITS]}"
