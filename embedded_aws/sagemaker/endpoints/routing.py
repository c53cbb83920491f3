"""Which container answers a request: by weight, in turns, so that shares are exact and repeatable.

AWS spreads at random; in turns, one request in four reaches a canary of a quarter.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from embedded_aws.sagemaker.endpoints.fleets import Container, Fleet
from embedded_aws.sagemaker.endpoints.variants import Variant

Shares = Mapping[str, float]


@dataclass(frozen=True)
class Route:
    """A way to a container.

    Attributes:
        weight: The variant's, as against other variants.
        share: What part of the variant's traffic this container takes: during a deployment,
            the old and the new fleet share it.
    """

    container: Container
    weight: float
    share: float


class Router:
    """Takes turns over routes; a change of traffic is another router."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes = tuple(route for route in routes if route.share > 0)
        self._credits: dict[str | None, list[float]] = {}
        self._lock = threading.Lock()

    def next(self, variant_name: str | None = None) -> Container | None:
        """The container whose turn it is, of one variant if it is named; none if nothing serves."""
        weights = [_weight(route, variant_name) for route in self._routes]
        if not sum(weights):
            return None
        with self._lock:
            credit = self._credits.setdefault(variant_name, [0.0] * len(weights))
            for index, weight in enumerate(weights):
                credit[index] += weight
            chosen = max(range(len(weights)), key=credit.__getitem__)
            credit[chosen] -= sum(weights)
        return self._routes[chosen].container


def all_of(fleet: Fleet, variants: Iterable[Variant]) -> Router:
    """All traffic to one fleet."""
    return Router(_routes(fleet, variants, {}))


def split(blue: Fleet, green: Fleet, variants: Iterable[Variant], green_shares: Shares) -> Router:
    """Traffic of each variant split between an old fleet and a new one of the same variants."""
    green_variants = tuple(variants)
    old = {name: 1 - share for name, share in green_shares.items()}
    return Router(
        (*_routes(green, green_variants, green_shares), *_routes(blue, green_variants, old))
    )


def _routes(fleet: Fleet, variants: Iterable[Variant], shares: Shares) -> Iterable[Route]:
    return (
        Route(fleet.containers[each.name], each.desired.weight, shares.get(each.name, 1.0))
        for each in variants
    )


def _weight(route: Route, variant_name: str | None) -> float:
    if variant_name is None:
        return route.weight * route.share
    return route.share if route.container.variant_name == variant_name else 0.0
