"""Whether the switch log says what the records of the deployments say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from lineage.record import Record
from lineage.switches import Switch, iso_milliseconds, switches_of
from lineage.vocabulary import ActionType

_Key = tuple[str, datetime]


def audit_switches(
    outcomes: Iterable[Record], log: Mapping[str, Sequence[Switch]]
) -> list[dict[str, Any]]:
    """Compare the log with what should be in it, endpoint by endpoint.

    The digests of the outcomes are noted in SageMaker's graph: through them, so is every switch.

    Args:
        outcomes: The records of how deployments ended.
        log: Every switch of every endpoint.

    Returns:
        The member Endpoints of a document by schema/audit.json.
    """
    told = {_key(each): each for record in outcomes for each in _switches(record)}
    logged = {_key(each): each for switches in log.values() for each in switches}
    endpoint_names = sorted({name for name, _ in (*told, *logged)})
    return [
        {
            "EndpointName": name,
            "Switches": sum(key[0] == name for key in logged),
            "Findings": list(_findings(name, told, logged)),
        }
        for name in endpoint_names
    ]


def _findings(
    endpoint_name: str, told: Mapping[_Key, Switch], logged: Mapping[_Key, Switch]
) -> Iterator[str]:
    for key in sorted({*told, *logged}):
        name, at = key
        if name != endpoint_name or told.get(key) == logged.get(key):
            continue
        what = f"the switch of {iso_milliseconds(at)}"
        if key not in logged:
            yield f"{what} is gone, which {told[key].caused_by} tells of"
        elif key not in told:
            yield f"{what} is told of by no deployment's record"
        else:
            yield f"{what} is not what {told[key].caused_by} tells"


def _switches(record: Record) -> list[Switch]:
    (deployment,) = record.graph.actions(ActionType.MODEL_DEPLOYMENT)
    return switches_of(deployment, record.uri)


def _key(switch: Switch) -> _Key:
    return switch.endpoint_name, switch.at
