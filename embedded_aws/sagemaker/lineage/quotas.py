"""How many lineage entities an account may create by hand."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LineageQuotas:
    """Per account and region, as "Manually create tracking entities" lists them.

    What SageMaker creates by itself is not counted.
    """

    actions: int = 3_000
    artifacts: int = 6_000
    associations: int = 6_000
    contexts: int = 500
