"""What rollouts made and no stack knows: endpoints, their configurations, and models."""

from __future__ import annotations

from collections.abc import Iterator

from lineage.rollouts.endpoints import find_endpoint
from ops.teardown.clients import Clients
from ops.teardown.estate import Estate
from ops.teardown.leftover import Leftover, ending, pages

_AT_REST = {"InService", "OutOfService", "Failed", "UpdateRollbackFailed"}


def endpoints(clients: Clients, estate: Estate) -> Iterator[Leftover]:
    """The stack's endpoints; one that is changing can only be waited for.

    SageMaker refuses to delete an endpoint in progress, be it for hours (issues of ACK's
    sagemaker-controller and of terraform-provider-aws).
    """
    for name in estate.endpoint_names.values():
        described = find_endpoint(clients.sagemaker, name)
        if described:
            status = described["EndpointStatus"]
            delete = ending(clients.sagemaker.delete_endpoint, EndpointName=name)
            yield Leftover("endpoint", name, status, delete if status in _AT_REST else None)


def endpoint_configs(clients: Clients, estate: Estate) -> Iterator[Leftover]:
    """The configurations that rollouts made."""
    sagemaker = clients.sagemaker
    for endpoint_name in estate.endpoint_names.values():
        for item in pages(
            sagemaker.list_endpoint_configs, "EndpointConfigs", NameContains=f"{endpoint_name}-v"
        ):
            name = item["EndpointConfigName"]
            if estate.is_of_a_rollout(name, endpoint_name):
                delete = ending(sagemaker.delete_endpoint_config, EndpointConfigName=name)
                yield Leftover("endpoint configuration", name, "", delete)


def models(clients: Clients, estate: Estate) -> Iterator[Leftover]:
    """The models that rollouts made; the packages and artifacts that they are of stay."""
    sagemaker = clients.sagemaker
    for endpoint_name in estate.endpoint_names.values():
        for item in pages(sagemaker.list_models, "Models", NameContains=f"{endpoint_name}-v"):
            name = item["ModelName"]
            if estate.is_of_a_rollout(name, endpoint_name):
                yield Leftover("model", name, "", ending(sagemaker.delete_model, ModelName=name))
