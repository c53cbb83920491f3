"""Starts execution environments: code and layers in place, credentials minted, log stream named."""

from __future__ import annotations

import uuid

from botocore.exceptions import BotoCoreError, ClientError

from embedded_aws.awslambda.execution_environment import ExecutionEnvironment, Program
from embedded_aws.awslambda.function_log import FunctionLog
from embedded_aws.awslambda.functions import FunctionVersion
from embedded_aws.awslambda.log_delivery import LogDelivery, LogStream, Writer
from embedded_aws.awslambda.packages import PackageStore
from embedded_aws.awslambda.runtime_api import RuntimeApi
from embedded_aws.awslambda.variables import Place, environment_variables
from embedded_aws.clients import Credentials
from embedded_aws.environment import Environment
from embedded_aws.gateway.service import ServiceError


class Launcher:
    """Makes an environment of any function version."""

    def __init__(
        self, environment: Environment, packages: PackageStore, delivery: LogDelivery
    ) -> None:
        self._environment = environment
        self._packages = packages
        self._delivery = delivery

    def launch(self, version: FunctionVersion) -> ExecutionEnvironment:
        """Start a process for a version; it initialises in the background.

        Raises:
            ServiceError: the role cannot be assumed any more.
        """
        settings, clients = self._environment.settings, self._environment.clients
        configuration = version.configuration
        layers = tuple(layer.package for layer in configuration.layers)
        environment_id = uuid.uuid4().hex
        today = f"{self._environment.clock.now():%Y/%m/%d}"
        stream = LogStream(
            configuration.log_group,
            f"{today}/[{version.version}]{environment_id}",
            Writer(configuration.role_arn, configuration.session_name, version.assumer),
        )
        credentials = self._credentials(version)
        api = RuntimeApi()
        place = Place(
            task_root=self._packages.unpacked((configuration.package,)),
            layers_root=self._packages.unpacked_layers(layers) if layers else None,
            temporary=settings.scratch / "lambda" / "tmp" / environment_id,
            runtime_api=api.address,
            endpoint_url=clients.endpoint_url,
            region=settings.region,
            log_stream=stream.name,
        )
        program = Program(
            python=settings.lambda_python,
            handler=configuration.handler,
            task_root=place.task_root,
            temporary=place.temporary,
            variables=environment_variables(version, place, credentials),
        )
        return ExecutionEnvironment(api, program, FunctionLog(self._delivery, stream))

    def _credentials(self, version: FunctionVersion) -> Credentials:
        configuration = version.configuration
        try:
            return self._environment.clients.role_credentials(
                configuration.role_arn, configuration.session_name, version.assumer
            )
        except (BotoCoreError, ClientError) as refused:
            message = "The role defined for the function cannot be assumed by Lambda."
            raise ServiceError("AccessDeniedException", message, status=403) from refused
