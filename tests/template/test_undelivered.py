"""What becomes of events that nobody could be told of."""

from __future__ import annotations

from typing import Any

import pytest

from tests.template.project import project

EVENTS = {
    f"{function}.{name}": event
    for function, declared in project().of_type("AWS::Serverless::Function").items()
    for name, event in declared.get("Events", {}).items()
}


def test_nights_approvals_and_ends_are_events() -> None:
    assert {"StartNightFunction.Nightly", "TriggerDeployFunction.Approved"} < EVENTS.keys()


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_that_cannot_be_delivered_is_kept(name: str) -> None:
    """Else an approval is lost without a trace."""
    event: dict[str, Any] = EVENTS[name]
    assert "DeadLetterConfig" in event["Properties"]
