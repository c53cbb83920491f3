"""One running embedded AWS: its clock, services and HTTP server, started and stopped as a whole."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache

from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from embedded_aws import moto_mends
from embedded_aws.alarms.embedded_metrics import EmbeddedMetrics
from embedded_aws.clients import ClientFactory
from embedded_aws.clock import Clock
from embedded_aws.clock.control import ClockControl
from embedded_aws.control import ControlPlane
from embedded_aws.delivery.mailbox import Mailbox
from embedded_aws.environment import Environment
from embedded_aws.faults.control import FaultControl
from embedded_aws.faults.effects import Surroundings
from embedded_aws.faults.layer import FaultLayer
from embedded_aws.faults.plan import FaultPlan
from embedded_aws.faults.run_fates import RunFates
from embedded_aws.gateway.app import Gateway
from embedded_aws.gateway.service import Service
from embedded_aws.http_server import HttpServer
from embedded_aws.iam.access import Access
from embedded_aws.iam.call_log import CallLog
from embedded_aws.processes import Processes
from embedded_aws.sagemaker.jobs.fates import JobFates
from embedded_aws.services import native_services
from embedded_aws.settings import Settings

_serving = threading.Lock()


class AlreadyServing(RuntimeError):
    """This process serves an instance already, and moto's state is one per process."""


@dataclass(frozen=True)
class Instance:
    """A serving embedded AWS."""

    url: str
    environment: Environment
    faults: FaultPlan
    calls: CallLog
    services: tuple[Service, ...]

    @property
    def clock(self) -> Clock:
        """Its time."""
        return self.environment.clock


@contextmanager
def serve(settings: Settings, fates: JobFates | None = None) -> Iterator[Instance]:
    """Serve one instance on loopback until the context ends; no process is left behind.

    ``fates`` decides what befalls SageMaker jobs, in place of the faults.

    Raises:
        AlreadyServing: this process serves another one.
    """
    with ExitStack() as stack:
        _claim_process()
        stack.callback(_serving.release)
        # Torn down in reverse: services, then time, then the server that both go through.
        stack.callback(_forget_moto_state)
        server = HttpServer(settings.port)
        stack.callback(server.close)
        clock = Clock(settings.start_at, settings.clock_mode)
        stack.callback(clock.close)
        moto_mends.apply(clock)
        clients = ClientFactory(server.url, settings.region, clock)
        access = Access(settings, clock, clients)
        plan, processes = FaultPlan(clock, settings.faults), Processes()
        scripted = RunFates(plan, settings)
        environment = Environment(settings, clock, clients, fates or scripted, scripted, processes)
        mailbox = Mailbox(clock)
        moto_mends.connect(environment, mailbox)
        services = (*native_services(environment), access.sts)
        for service in services:
            stack.callback(service.close)
        layers = (
            access.layer(services),
            FaultLayer(plan, Surroundings(clock, processes)),
            EmbeddedMetrics(environment),
        )
        parts = (ClockControl(clock), FaultControl(plan), access, mailbox)
        control = ControlPlane(*(part.routes() for part in parts))
        gateway = Gateway(settings, services, _moto(), control, layers)
        server.start(gateway, clock.now)
        clients.enter_directly(gateway)
        yield Instance(server.url, environment, plan, access.calls, services)


def _claim_process() -> None:
    if not _serving.acquire(blocking=False):
        raise AlreadyServing(
            "this process serves an embedded AWS already, and two would share moto's state; "
            "serve the other one in a process of its own: embedded_aws.testing.serving()"
        )


@cache
def _moto() -> DomainDispatcherApplication:
    # It makes an application for each service, and holds no state: that is in the backends.
    return DomainDispatcherApplication(create_backend_app)


def _forget_moto_state() -> None:
    BackendDict.reset()
    reset_model_data()
