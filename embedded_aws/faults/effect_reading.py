"""Effects from their documents, which the schema has passed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from embedded_aws.faults import known_errors
from embedded_aws.faults.effects import (
    BareStatus,
    Effect,
    FunctionEnd,
    GarbledObject,
    KilledCaller,
    Latency,
    LostRequest,
    LostResponse,
    Refusal,
)
from embedded_aws.faults.throttling import throttle
from embedded_aws.faults.unreadable import InvalidFaults
from embedded_aws.sagemaker.jobs.fates import Fate

if TYPE_CHECKING:
    from botocore.model import OperationModel

Document = Mapping[str, Any]

# Botocore's, when a client is not told otherwise.
_READ_TIMEOUT_SECONDS = 60
_OBJECTS = ("s3", "GetObject")
_FUNCTIONS = ("lambda", frozenset({"Invoke"}))
_JOBS = ("sagemaker", frozenset({"CreateProcessingJob", "CreateTrainingJob"}))


def effect_of(fault: Document, operations: Sequence[OperationModel], where: str) -> Effect:
    """The effect of a fault on operations that it may name.

    Raises:
        InvalidFaults: the operations do not know such an error, or run nothing that it ends.
    """
    ((name, options),) = fault["effect"].items()
    where = f"{where}.effect.{name}"
    if name == "throttle":
        return throttle(fault["service"])
    if name == "error":
        return _refusal(options, operations, where)
    if name == "garble_object" and (fault["service"], fault["operation"]) != _OBJECTS:
        raise InvalidFaults(f"{where}: only s3:GetObject answers with an object")
    if name in _ON_CALLS:
        return _ON_CALLS[name](options)
    make, (service, runs) = _ON_RUNS[name]
    named = {operation.name for operation in operations}
    if fault["service"] != service or not named <= runs:
        raise InvalidFaults(
            f"{where}: only {service}:{' and '.join(sorted(runs))} run what it ends"
        )
    if "caller" in fault:
        raise InvalidFaults(f"{where}: what runs is nobody's call, so leave out the caller")
    return make(options)


def _refusal(options: Document, operations: Sequence[OperationModel], where: str) -> Refusal:
    code = options["code"]
    known: dict[str, int] = {}
    for operation in operations:
        known |= known_errors.statuses(operation)
    if code not in known:
        names = ", ".join(sorted(known))
        raise InvalidFaults(f"{where}.code: {code!r} is none of {names}")
    message = options.get("message", f"A scripted fault: {code}")
    return Refusal(code, message, options.get("status", known[code]))


def _latency(options: Document) -> Latency:
    patience = options.get("read_timeout_seconds", _READ_TIMEOUT_SECONDS)
    return Latency(options["seconds"], patience)


def _failed_job(options: Document) -> Fate:
    return Fate(
        pending_seconds=options.get("pending_seconds", 0),
        failure_reason=options["reason"],
        after_seconds=options.get("after_seconds", 0),
    )


_ON_CALLS: Mapping[str, Callable[[Document], Effect]] = {
    "http_status": lambda options: BareStatus(options["status"]),
    "lose_request": lambda _: LostRequest(),
    "lose_response": lambda _: LostResponse(),
    "garble_object": lambda _: GarbledObject(),
    "latency": _latency,
    "kill_caller": lambda options: KilledCaller(options.get("when", "after") == "after"),
}
_ON_RUNS: Mapping[str, tuple[Callable[[Document], Effect], tuple[str, frozenset[str]]]] = {
    "kill_function": (lambda it: FunctionEnd(False, it.get("after_ms", 0)), _FUNCTIONS),
    "time_out_function": (lambda it: FunctionEnd(True, it.get("after_ms", 0)), _FUNCTIONS),
    "fail_job": (_failed_job, _JOBS),
    "delay_job": (lambda it: Fate(pending_seconds=it["seconds"]), _JOBS),
    "kill_job": (lambda it: Fate(kill=True, after_seconds=it.get("after_seconds", 0)), _JOBS),
}
