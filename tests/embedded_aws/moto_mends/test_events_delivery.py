"""What stock moto does with events; that it is mended is shown in tests/embedded_aws/delivery."""

from __future__ import annotations

from typing import Any

import pytest
from moto.events.models import EventsBackend, Rule

from embedded_aws.moto_mends import events_delivery

ACCOUNT, REGION = "123456789012", "us-east-1"
EVENT = {
    "version": "0",
    "id": "1",
    "source": "mine",
    "detail-type": "Test",
    "detail": {},
    "resources": [],
    "region": REGION,
    "account": ACCOUNT,
    "time": 0.0,
    "ingestion-time": 0.0,
}


def rule(*targets: dict[str, Any]) -> Any:
    return Rule(
        "r",
        ACCOUNT,
        REGION,
        None,
        '{"source": ["mine"]}',
        None,
        None,
        "default",
        "DISABLED",
        targets=list(targets),
    )


def test_stock_moto_fails_on_a_function_even_of_a_disabled_rule() -> None:
    target = {"Id": "f", "Arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"}

    with pytest.raises(NotImplementedError):
        events_delivery._STOCK_SEND(rule(target), dict(EVENT))


def test_stock_moto_takes_patterns_and_targets_that_nobody_knows() -> None:
    backend = EventsBackend(REGION, ACCOUNT)
    pattern = '{"source": [{"like": "m*"}]}'
    target = {"Id": "t", "Arn": f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/s"}

    events_delivery._STOCK_PUT_RULE(backend, "r", event_pattern=pattern)
    events_delivery._STOCK_PUT_TARGETS(backend, "r", None, [target])

    assert backend.describe_event_bus("default").rules["r"].targets == [target]
