"""An answer that the log has is not lost when SageMaker refuses what is asked beside it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from lineage.errors import BeforeFirstDeployment, LineageUnavailable
from lineage.query import LineageQuery
from lineage.rendering import FORMATS
from lineage.rollouts.switches import iso_milliseconds
from lineage.schema import require_valid
from tests.lineage.production import ENDPOINT, FIRST, Production

REFUSED = ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "Describe")
THROTTLED = ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow"}}, "Describe")
SILENT = EndpointConnectionError(endpoint_url="https://sagemaker")
LATE = LineageUnavailable("2 s before the function's timeout")
FAILURES = pytest.mark.parametrize(
    "failure", [REFUSED, THROTTLED, SILENT, LATE], ids=["refused", "throttled", "silent", "late"]
)


@pytest.fixture
def production() -> Production:
    """Version 1 serves."""
    production = Production()
    production.roll_out(1, switched=timedelta())
    return production


def failing(failure: Exception) -> Callable[..., Any]:
    def call(**_: Any) -> Any:
        raise failure

    return call


def asked(production: Production) -> LineageQuery:
    group = production.nights[0].document["ModelPackageGroup"]
    return LineageQuery(production.clients, group, "fraud", [ENDPOINT])


def answers(production: Production) -> dict[str, dict[str, Any]]:
    query = asked(production)
    found = {"asof": query.asof(iso_milliseconds(FIRST)), "explain": query.explain(1)}
    for operation, answer in found.items():
        require_valid(json.loads(json.dumps(answer)), operation)
    return found


@FAILURES
def test_without_the_registry_nothing_but_the_rejection_is_left_out(
    production: Production, failure: Exception
) -> None:
    before = answers(production)
    assert "Rejection" not in before["explain"]["Package"]
    production.registry.describe_model_package = failing(failure)  # type: ignore[attr-defined]
    assert answers(production) == before


@FAILURES
def test_an_endpoint_that_nobody_can_ask_for_is_open_since_its_last_switch(
    production: Production, failure: Exception
) -> None:
    production.registry.describe_endpoint = failing(failure)  # type: ignore[method-assign]
    found = answers(production)["asof"]
    (endpoint,) = found["Endpoints"]
    assert endpoint["Version"] == 1
    provisional = endpoint["Provisional"]
    assert (provisional["Since"], provisional["Deployments"]) == (iso_milliseconds(FIRST), [])
    assert provisional["Reason"] == f"SageMaker does not tell what the endpoint has: {failure}"
    assert provisional["Reason"] in FORMATS["asof"]["text"](found)


def test_nothing_that_served_is_final_of_an_endpoint_that_nobody_can_ask_for() -> None:
    production = Production()
    production.registry.describe_endpoint = failing(REFUSED)  # type: ignore[method-assign]
    with pytest.raises(BeforeFirstDeployment, match=r"is provisional since .* SageMaker does not"):
        asked(production).asof(iso_milliseconds(FIRST), ENDPOINT)


def test_a_package_of_another_account_is_not_asked_for(production: Production) -> None:
    """Its group may have the same name, and its version another fate."""
    asked_for = list[str]()

    def describe_model_package(ModelPackageName: str) -> Any:  # noqa: N803
        asked_for.append(ModelPackageName)
        return production.registry.lineage.describe_model_package(ModelPackageName=ModelPackageName)

    production.registry.describe_model_package = describe_model_package  # type: ignore[attr-defined]
    packages = asked(production)._packages
    arn = production.nights[0].package_arn
    other = arn.replace(":123456789012:", ":210987654321:")
    assert [packages.rejection(it) for it in (arn, other)] == [None, None]
    assert asked_for == [arn]
