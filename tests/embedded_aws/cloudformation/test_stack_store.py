"""The memory of stacks, on a clock that stands still."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from embedded_aws.cloudformation.records import Stack
from embedded_aws.cloudformation.store import StackStore
from embedded_aws.gateway.service import ServiceError

NOON = datetime(2018, 7, 18, 12, tzinfo=UTC)


class StoppedClock:
    def now(self) -> datetime:
        return NOON


def store_with(*stacks: Stack) -> StackStore:
    store = StackStore(StoppedClock())  # type: ignore[arg-type]  # all that the store reads
    for stack in stacks:
        store.add(stack)
    return store


def stack(stack_id: str, status: str = "CREATE_COMPLETE") -> Stack:
    return Stack(stack_id, "name", status, NOON)


def test_events_have_times_of_their_own_although_the_clock_stands_still() -> None:
    store = store_with(stack("id"))
    for status in ("UPDATE_IN_PROGRESS", "UPDATE_COMPLETE", "DELETE_IN_PROGRESS"):
        store.set_status("id", status)
    times = [event.at for event in store.events("id")]
    assert len(set(times)) == 3
    assert times == sorted(times)


def test_two_living_stacks_cannot_share_a_name() -> None:
    store = store_with(stack("one"))
    with pytest.raises(ServiceError, match="already exists"):
        store.add(stack("two"))


def test_a_deleted_stack_leaves_its_name_free() -> None:
    store = store_with(stack("one", "DELETE_COMPLETE"), stack("two"))
    assert store.stack("name").stack_id == "two"
    assert store.stack("one").is_deleted


def test_an_operation_begins_only_on_the_stack_that_its_caller_saw() -> None:
    store = store_with(stack("id"))
    seen = store.stack("id")
    store.begin(seen, "UPDATE_IN_PROGRESS")
    with pytest.raises(ServiceError, match="is in UPDATE_IN_PROGRESS state"):
        store.begin(seen, "DELETE_IN_PROGRESS")


def test_waiting_for_a_stack_at_rest_takes_no_time() -> None:
    store_with(stack("id")).wait_until_settled("id", patience_seconds=3600)
