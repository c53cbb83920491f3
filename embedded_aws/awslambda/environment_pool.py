"""The execution environments of all functions: warm ones are used again, stale ones are ended."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from embedded_aws.awslambda.errors import too_many_requests
from embedded_aws.awslambda.execution_environment import ExecutionEnvironment
from embedded_aws.awslambda.functions import FunctionVersion


class EnvironmentPool:
    """Lends environments; idle ones are kept until their version is replaced or deleted."""

    def __init__(self, launch: Callable[[FunctionVersion], ExecutionEnvironment]) -> None:
        self._launch = launch
        self._lock = threading.Lock()
        self._idle: dict[str, list[ExecutionEnvironment]] = defaultdict(list)
        self._all: set[ExecutionEnvironment] = set()
        self._busy: Counter[str] = Counter()
        self._retired: set[str] = set()
        self._closed = False

    def warm(self, version: FunctionVersion) -> None:
        """Have an environment ready ahead of the first event (AWS: proactive initialisation)."""
        with self._lock:
            is_warm = bool(self._idle[version.revision_id])
        if not is_warm:
            self._put_back(version, self._start(version))

    @contextmanager
    def lend(
        self, version: FunctionVersion, reserved_concurrency: int | None
    ) -> Iterator[ExecutionEnvironment]:
        """An environment for one invocation.

        Raises:
            ServiceError: the function's reserved concurrency is used up.
        """
        name = version.configuration.function_name
        with self._lock:
            if reserved_concurrency is not None and self._busy[name] >= reserved_concurrency:
                raise too_many_requests()
            self._busy[name] += 1
        try:
            environment = self._take(version) or self._start(version)
            try:
                yield environment
            finally:
                self._put_back(version, environment)
        finally:
            with self._lock:
                self._busy[name] -= 1

    def retire(self, version: FunctionVersion) -> None:
        """End the environments of a version that was replaced or deleted."""
        with self._lock:
            self._retired.add(version.revision_id)
        self.cool(version)

    def cool(self, version: FunctionVersion) -> None:
        """End the idle environments of a version that is less likely to be used again."""
        with self._lock:
            idle = self._idle.pop(version.revision_id, [])
        self._end(idle)

    def close(self) -> None:
        """End every environment; whoever waits for one sees its process exit."""
        with self._lock:
            self._closed = True
            environments = list(self._all)
        self._end(environments)

    def _start(self, version: FunctionVersion) -> ExecutionEnvironment:
        environment = self._launch(version)
        with self._lock:
            self._all.add(environment)
            closed = self._closed
        if closed:
            self._end([environment])
        return environment

    def _take(self, version: FunctionVersion) -> ExecutionEnvironment | None:
        while True:
            with self._lock:
                idle = self._idle[version.revision_id]
                environment = idle.pop() if idle else None
            if environment is None or environment.is_usable:
                return environment
            self._end([environment])

    def _put_back(self, version: FunctionVersion, environment: ExecutionEnvironment) -> None:
        with self._lock:
            stale = self._closed or version.revision_id in self._retired
            if not stale and environment.is_usable:
                self._idle[version.revision_id].append(environment)
                return
        self._end([environment])

    def _end(self, environments: list[ExecutionEnvironment]) -> None:
        for environment in environments:
            with self._lock:
                is_open = environment in self._all
                self._all.discard(environment)
            if is_open:
                environment.close()
