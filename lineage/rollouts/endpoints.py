"""What an endpoint has, asked of SageMaker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from botocore.exceptions import ClientError

from lineage.clients import Call, Response


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


@dataclass(frozen=True)
class AtRest:
    """An endpoint that serves and does not change, or none of the name: then nothing serves."""

    endpoint_config_name: str | None


def at_rest(sagemaker: Endpoints, endpoint_name: str) -> AtRest | None:
    """What serves until somebody changes it; None while the endpoint changes, or has failed."""
    endpoint = find_endpoint(sagemaker, endpoint_name)
    if endpoint is None:
        return AtRest(None)
    is_serving = endpoint.get("EndpointStatus") == "InService"
    return AtRest(endpoint["EndpointConfigName"]) if is_serving else None
