"""How many nights the template lets SageMaker's graph hold, held against what nights cost there."""

from __future__ import annotations

from collections import Counter
from typing import Any

from docs.generate import ROOT
from embedded_aws.cloudformation.template import parse
from lineage.queries.budget import LIMITS, usage
from lineage.vocabulary import Stage
from tests.lineage import builders
from tests.lineage.graphs import graph_until

TEMPLATE: dict[str, Any] = parse((ROOT / "template.yaml").read_text())
MOST_NIGHTS: int = TEMPLATE["Parameters"]["LineageRetentionNights"]["MaxValue"]
ALARM: dict[str, Any] = TEMPLATE["Resources"]["LineageQuotaAlarm"]["Properties"]
ROLLOUTS, DAYS_WITHOUT_RETENTION = 3, 14


def used(nights: int) -> dict[str, float]:
    """The percentage of each quota that so many nights use, each rolled out several times."""
    documents = [builders.a_night(f"{n:08x}", dataset=str(n)) for n in (1, 2)]
    registered = [graph_until(Stage.REGISTRATION, it) for it in documents]
    deployed = [graph_until(Stage.DEPLOYMENT_OUTCOME, it) for it in documents]
    first, night = Counter(usage(registered[:1])), Counter(usage(registered))
    night -= first
    rollout = Counter(usage(deployed)) - Counter(usage([*registered, deployed[0]]))
    return {
        kind: 100 * nights * (night[kind] + ROLLOUTS * rollout[kind]) / limit
        for kind, limit in LIMITS.items()
    }


def test_as_many_nights_as_allowed_leave_the_alarm_silent_and_a_fortnight_to_mend_retention() -> (
    None
):
    assert max(used(MOST_NIGHTS + DAYS_WITHOUT_RETENTION).values()) < ALARM["Threshold"]


def test_the_cap_is_no_lower_than_that_demands() -> None:
    assert max(used(MOST_NIGHTS + DAYS_WITHOUT_RETENTION + 10).values()) > ALARM["Threshold"]
