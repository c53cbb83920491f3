from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from embedded_aws.gateway.service import ServiceError
from embedded_aws.sagemaker.endpoints.fleets import Concurrency, Container
from embedded_aws.sagemaker.endpoints.routing import Route, Router


def container(variant: str) -> Container:
    return Container(variant, "role", Path(variant), False, Concurrency(None))


OLD, NEW, OTHER = container("a"), container("a"), container("b")


def test_shares_are_exact_over_a_round() -> None:
    router = Router([Route(OLD, 1.0, 0.75), Route(NEW, 1.0, 0.25)])

    taken = [router.next() for _ in range(8)]

    assert Counter(taken) == {OLD: 6, NEW: 2}
    assert Counter(taken[:4]) == {OLD: 3, NEW: 1}


def test_variants_share_by_weight() -> None:
    """API reference of ProductionVariant, InitialVariantWeight."""
    router = Router([Route(OLD, 2.0, 1.0), Route(OTHER, 1.0, 1.0)])

    assert Counter(router.next() for _ in range(9)) == {OLD: 6, OTHER: 3}


def test_a_target_variant_overrides_the_weights() -> None:
    """API reference of InvokeEndpoint, TargetVariant: even one without any weight."""
    router = Router([Route(OLD, 1.0, 1.0), Route(OTHER, 0.0, 1.0)])

    assert {router.next("b") for _ in range(3)} == {OTHER}
    assert router.next("c") is None


def test_nothing_serves_without_routes() -> None:
    assert Router(()).next() is None


def test_more_requests_at_a_time_than_allowed_are_throttled() -> None:
    """Guide "Serverless Inference": concurrent invocations above MaxConcurrency."""
    concurrency = Concurrency(1)

    with concurrency.slot(), pytest.raises(ServiceError) as refused, concurrency.slot():
        pass

    assert refused.value.code == "ThrottlingException"
    with concurrency.slot():
        pass
