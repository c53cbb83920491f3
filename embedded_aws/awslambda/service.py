"""The ``lambda`` service: its parts put together."""

from __future__ import annotations

from collections.abc import Mapping

from embedded_aws.awslambda.aliases import Aliases
from embedded_aws.awslambda.concurrency import Concurrency
from embedded_aws.awslambda.environment_pool import EnvironmentPool
from embedded_aws.awslambda.event_invoke_config import EventInvokeConfigs
from embedded_aws.awslambda.event_sources.operations import EventSourceMappings
from embedded_aws.awslambda.event_sources.queue_reader import Reading
from embedded_aws.awslambda.functions import FunctionRegistry
from embedded_aws.awslambda.invocations import Invocations
from embedded_aws.awslambda.invoker import Invoker
from embedded_aws.awslambda.launcher import Launcher
from embedded_aws.awslambda.layers import Layers
from embedded_aws.awslambda.lifecycle import Lifecycle
from embedded_aws.awslambda.log_delivery import LogDelivery
from embedded_aws.awslambda.names import Names
from embedded_aws.awslambda.packages import PackageStore
from embedded_aws.awslambda.permissions import Permissions
from embedded_aws.awslambda.queries import Queries
from embedded_aws.awslambda.tags import Tags
from embedded_aws.environment import Environment
from embedded_aws.gateway.service import Operation


class LambdaService:
    """Functions, versions, aliases, layers, policies and invocations.

    Not supported, and refused: container images, event sources but queues, function URLs,
    provisioned concurrency, weighted aliases, SnapStart, VPCs, file systems, code signing,
    response streaming, durable functions. Every ``python3.x`` runtime runs on the
    interpreter of the instance's settings, whatever its minor version. Kept and shown, but
    without effect: MemorySize, EphemeralStorage, Architectures; tracing
    only marks the trace header as sampled. A function's own clock is the machine's, not the
    virtual one.
    """

    name = "lambda"

    def __init__(self, environment: Environment) -> None:
        settings, clock, clients = environment.settings, environment.clock, environment.clients
        names = Names(settings.account_id, settings.region)
        registry = FunctionRegistry(names)
        folder = settings.scratch / "lambda" / "packages"
        packages = PackageStore(folder, clients, settings.lambda_python)
        delivery = LogDelivery(clock, clients)
        self._pool = EnvironmentPool(Launcher(environment, packages, delivery).launch)
        layers = Layers(names, packages, clock)
        invocations = Invocations(environment, registry, Invoker(self._pool, environment))
        reading = Reading(invocations.run, registry, clients)
        self._event_sources = EventSourceMappings(environment, registry, reading)
        parts = (
            Lifecycle(environment, registry, packages, layers, self._pool),
            Queries(registry),
            Aliases(registry),
            layers,
            Permissions(registry),
            EventInvokeConfigs(registry, clock),
            Concurrency(registry),
            Tags(registry),
            invocations,
            self._event_sources,
        )
        self._operations = {
            name: operation for part in parts for name, operation in part.operations().items()
        }

    def operations(self) -> Mapping[str, Operation]:
        """Every operation that is supported."""
        return self._operations

    def close(self) -> None:
        """Kill every function's processes."""
        self._event_sources.close()
        self._pool.close()
