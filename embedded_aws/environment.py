"""What every native service is given: settings, time, and clients to reach the other services."""

from __future__ import annotations

from dataclasses import dataclass, field

from embedded_aws.awslambda.fates import FunctionFates, NoFunctionFates
from embedded_aws.clients import ClientFactory
from embedded_aws.clock import Clock
from embedded_aws.processes import Processes
from embedded_aws.sagemaker.jobs.fates import JobFates, NoFates
from embedded_aws.settings import Settings


@dataclass(frozen=True)
class Environment:
    """The surroundings of a service within one instance.

    Attributes:
        fates: What befalls SageMaker jobs besides what their work does.
        function_fates: The same of Lambda functions.
        processes: The functions that run, by the traces that their calls carry.
    """

    settings: Settings
    clock: Clock
    clients: ClientFactory
    fates: JobFates = field(default_factory=NoFates)
    function_fates: FunctionFates = field(default_factory=NoFunctionFates)
    processes: Processes = field(default_factory=Processes)
