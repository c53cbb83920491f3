"""Variants as an update wants them: kept over an update, or changed by weights and capacities."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from embedded_aws.gateway.service import ServiceError
from embedded_aws.sagemaker.endpoints.variants import Capacity, Variant, VariantStatus


def retained(
    wanted: Iterable[Variant], serving: Iterable[Variant], excluded: Collection[str]
) -> tuple[Variant, ...]:
    """Wanted variants with weights and counts of the serving ones of the same names.

    ``excluded`` holds the types of ExcludeRetainedVariantProperties.
    """
    by_name = {variant.name: variant for variant in serving}
    return tuple(
        replace(variant, desired=_kept(variant.desired, by_name[variant.name].desired, excluded))
        if variant.name in by_name
        else variant
        for variant in wanted
    )


def _kept(new: Capacity, old: Capacity, excluded: Collection[str]) -> Capacity:
    weight = new.weight if "DesiredWeight" in excluded else old.weight
    keeps_count = None not in {new.instance_count, old.instance_count}
    if "DesiredInstanceCount" in excluded or not keeps_count:
        return replace(new, weight=weight)
    return replace(new, weight=weight, instance_count=old.instance_count)


def rescaled(
    variants: tuple[Variant, ...], changes: Iterable[Mapping[str, Any]], now: datetime
) -> tuple[Variant, ...]:
    """Variants with what DesiredWeightsAndCapacities asks for.

    Raises:
        ServiceError: ``ValidationException`` for a variant that is not there, or one that has no
            instances to count, or no serverless configuration to change.
    """
    by_name = {change["VariantName"]: change for change in changes}
    unknown = sorted(by_name.keys() - {variant.name for variant in variants})
    if unknown:
        raise _invalid(f"Could not find variants {unknown} of the endpoint")
    return tuple(
        _changed(variant, by_name[variant.name], now) if variant.name in by_name else variant
        for variant in variants
    )


def _changed(variant: Variant, change: Mapping[str, Any], now: datetime) -> Variant:
    desired = variant.desired
    serverless = change.get("ServerlessUpdateConfig")
    if (serverless and not desired.serverless) or (
        "DesiredInstanceCount" in change and desired.serverless
    ):
        raise _invalid(f"Variant {variant.name} does not have the capacity that is to change")
    new = replace(
        desired,
        weight=change.get("DesiredWeight", desired.weight),
        instance_count=change.get("DesiredInstanceCount", desired.instance_count),
        serverless=desired.serverless and {**desired.serverless, **(serverless or {})},
    )
    message = f"Scaling out desired instance count to {new.instance_count}."
    scaling = VariantStatus("Updating", message, now)
    is_scaled = new.instance_count != desired.instance_count
    return replace(variant, desired=new, status=scaling if is_scaled else None)


def _invalid(message: str) -> ServiceError:
    return ServiceError("ValidationException", message)
