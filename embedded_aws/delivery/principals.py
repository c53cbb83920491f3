"""As whom AWS delivers: a service principal, for the resource that the delivery comes from."""

from __future__ import annotations

from typing import Any

from embedded_aws.clients import ClientFactory
from embedded_aws.service_principals import ServicePrincipal


def client_of(clients: ClientFactory, service: str, principal: str, source_arn: str) -> Any:  # noqa: ANN401  # boto3 client
    """A client that calls ``service`` as a principal such as ``events.amazonaws.com``.

    ``source_arn`` is the rule, topic or bucket that a resource policy may name.
    """
    return clients.as_principal(service, ServicePrincipal(principal, source_arn))
