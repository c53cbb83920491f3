"""An execution environment: one process that runs one function version, one event at a time."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty

from embedded_aws.awslambda.function_log import FunctionLog
from embedded_aws.awslambda.process_output import ProcessOutput
from embedded_aws.awslambda.runtime_api import (
    MAX_RESPONSE_BYTES,
    Answered,
    Exited,
    InitFailed,
    Initialised,
    Invocation,
    Oversized,
    RuntimeApi,
    RuntimeEvent,
    TimedOut,
)

# On AWS initialisation has 10 s of its own before the function's timeout starts to count.
INIT_TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True)
class Program:
    """What a process is started with."""

    python: Path
    handler: str
    task_root: Path
    temporary: Path
    variables: Mapping[str, str]


@dataclass(frozen=True)
class Outcome:
    """How one invocation ended.

    Attributes:
        is_error: The payload is an error document; AWS says ``FunctionError: Unhandled``.
        status: AWS's word for the REPORT line, empty when all went well.
        init_ms: Duration of the initialisation that this invocation waited for, if any.
    """

    payload: bytes
    is_error: bool
    duration_ms: float
    init_ms: float | None
    status: str = ""


class ExecutionEnvironment:
    """A process under awslambdaric; it initialises in the background from construction on.

    Memory is not limited. Files that the function writes to ``/tmp`` by that name are shared
    with the machine; ``tempfile`` uses a folder of the environment's own.
    """

    def __init__(self, api: RuntimeApi, program: Program, log: FunctionLog) -> None:
        self.log = log
        self._api = api
        self._program = program
        self._initialised: Initialised | None = None
        self._broken = False
        self._started_at = time.monotonic()
        program.temporary.mkdir(parents=True, exist_ok=True)
        read_end, write_end = os.pipe()
        self._process = subprocess.Popen(  # noqa: S603  # the function's own code, as deployed
            [str(program.python), "-m", "awslambdaric", program.handler],
            cwd=program.task_root,
            env=dict(program.variables),
            stdin=subprocess.DEVNULL,
            stdout=write_end,
            stderr=write_end,
            start_new_session=True,
        )
        os.close(write_end)
        self._output = ProcessOutput(read_end, log.write)
        threading.Thread(target=self._watch, name="lambda-process", daemon=True).start()

    @property
    def is_usable(self) -> bool:
        """Whether the process can take another event."""
        return not self._broken and self._process.poll() is None

    @property
    def peak_memory_mb(self) -> int | None:
        """The most memory that the process held so far, where the kernel tells."""
        try:
            status = Path(f"/proc/{self._process.pid}/status").read_text()
        except OSError:
            return None
        peaks = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
        return int(peaks[0]) // 1024 if peaks else None

    def invoke(
        self,
        invocation: Invocation,
        timeout_seconds: int,
        bounds: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> Outcome:
        """Run one event to its end, or to its timeout; only an answer leaves this usable.

        ``bounds`` surrounds the time from the moment at which the function gets its event.
        """
        self._broken = True
        began_at = time.monotonic()
        init_ms = None
        event = self._initialised or self._next_event(INIT_TIMEOUT_SECONDS + timeout_seconds)
        if isinstance(event, Initialised):
            if self._initialised is None:
                self._initialised = event
                init_ms = (event.at - self._started_at) * 1000
            began_at = time.monotonic()
            with bounds():
                self._api.offer(invocation, deadline_ms=int((time.time() + timeout_seconds) * 1000))
                event = self._ending_event(invocation.request_id, timeout_seconds)
        self._broken = not isinstance(event, Answered)
        duration_ms = (time.monotonic() - began_at) * 1000
        status, payload = self._ending(event, invocation.request_id, timeout_seconds)
        if status == "timeout":
            # As AWS reports it; the time may have passed virtually.
            duration_ms = timeout_seconds * 1000.0
        return Outcome(payload, bool(status), duration_ms, init_ms, status)

    def time_out(self, request_id: str) -> None:
        """End an invocation by its timeout, if it is still on."""
        self._api.events.put(TimedOut(request_id))

    def kill(self) -> bool:
        """Kill the process with everything it started; tell whether it ran."""
        return self._signal(signal.SIGKILL)

    def freeze(self) -> bool:
        """Stop the process in its tracks, so that it answers nothing; tell whether it ran."""
        return self._signal(signal.SIGSTOP)

    def close(self) -> None:
        """Kill the process with everything it started, and remove its files."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._api.close()
        shutil.rmtree(self._program.temporary, ignore_errors=True)

    def _signal(self, number: signal.Signals) -> bool:
        runs = self._process.poll() is None
        if runs:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)
        return runs

    def _watch(self) -> None:
        self._api.events.put(Exited(self._process.wait()))

    def _next_event(self, timeout_seconds: float) -> RuntimeEvent | None:
        try:
            return self._api.events.get(timeout=timeout_seconds)
        except Empty:
            return None
        finally:
            self._output.drain()

    def _ending_event(self, request_id: str, timeout_seconds: float) -> RuntimeEvent | None:
        event = self._next_event(timeout_seconds)
        while isinstance(event, TimedOut) and event.request_id != request_id:
            # The timeout of an earlier event, which the answer to that one overtook.
            event = self._next_event(timeout_seconds)
        return event

    def _ending(
        self, event: RuntimeEvent | None, request_id: str, timeout_seconds: int
    ) -> tuple[str, bytes]:
        prefix = f"RequestId: {request_id} Error:"
        match event:
            case Answered(payload=payload, is_error=is_error):
                return "error" if is_error else "", payload
            case InitFailed(payload=payload):
                return "error", payload
            case Oversized(size_bytes=size_bytes):
                message = (
                    f"Response payload size ({size_bytes} bytes) exceeded maximum allowed payload "
                    f"size ({MAX_RESPONSE_BYTES} bytes)."
                )
                return "error", _error("Function.ResponseSizeTooLarge", message)
            case None | TimedOut():
                message = f"{prefix} Task timed out after {timeout_seconds:.2f} seconds"
                return "timeout", _error("Sandbox.Timedout", message)
            case _:
                return "error", _error("Runtime.ExitError", f"{prefix} {self._exit_message()}")

    def _exit_message(self) -> str:
        code = self._process.wait()
        if code == 0:
            return "Runtime exited without providing a reason"
        if code < 0:
            name = signal.strsignal(-code) or str(-code)
            return f"Runtime exited with error: signal: {name.lower()}"
        return f"Runtime exited with error: exit status {code}"


def _error(error_type: str, message: str) -> bytes:
    return json.dumps({"errorType": error_type, "errorMessage": message}).encode()
