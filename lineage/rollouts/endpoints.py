"""What an endpoint has, asked of SageMaker."""

from __future__ import annotations

from typing import Protocol

from botocore.exceptions import ClientError

from lineage.clients import Call, Response, SageMaker


class Endpoints(Protocol):
    """The only call that is needed, of whichever client has it."""

    describe_endpoint: Call


def find_endpoint(sagemaker: Endpoints, endpoint_name: str) -> Response | None:
    """The response of DescribeEndpoint; None if there is no such endpoint."""
    try:
        return sagemaker.describe_endpoint(EndpointName=endpoint_name)
    except ClientError as refused:
        # A missing endpoint is a ValidationException, not ResourceNotFound.
        if "Could not find" not in refused.response["Error"]["Message"]:
            raise
        return None


def config_in_service(sagemaker: SageMaker, endpoint_name: str) -> str | None:
    """The configuration that serves; None while the endpoint changes, has failed, or is gone."""
    endpoint = find_endpoint(sagemaker, endpoint_name)
    if endpoint is None or endpoint.get("EndpointStatus") != "InService":
        return None
    config: str = endpoint["EndpointConfigName"]
    return config
