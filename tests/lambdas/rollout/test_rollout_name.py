"""A rollout's one name, for the execution, the model and the configuration."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from rollout.name import RolloutName

RESOURCE_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")
EXECUTION_NAME_LENGTH = 80
AT = datetime(2026, 11, 22, 2, 0, 8, tzinfo=UTC)

ASCII = st.characters(codec="ascii")
stacks = st.from_regex(r"[a-z](-?[a-z0-9]){0,19}", fullmatch=True, alphabet=ASCII).filter(
    lambda it: len(it) <= 20
)
endpoints = st.builds("{}-{}".format, stacks, st.sampled_from(["candidate", "production"]))
versions = st.integers(min_value=1, max_value=99_999)
instants = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2100, 1, 1)).map(  # noqa: DTZ001  # made aware
    lambda naive: naive.replace(tzinfo=UTC, microsecond=0)
)
names = st.builds(RolloutName.of, endpoints, versions, instants)


@given(names)
def test_it_is_legal_for_an_execution_a_model_and_a_configuration(name: RolloutName) -> None:
    assert RESOURCE_NAME.fullmatch(str(name))
    assert len(str(name)) < EXECUTION_NAME_LENGTH


@given(names)
def test_it_reads_back_from_its_text_and_from_its_id(name: RolloutName) -> None:
    assert RolloutName.parse(str(name)) == name
    assert RolloutName.with_id(name.endpoint, name.id) == name


def test_what_is_not_named_like_a_rollout_is_none() -> None:
    assert RolloutName.parse("by-hand") is None
    assert RolloutName.parse("stack-candidate-v3") is None


def test_the_instant_is_written_in_utc() -> None:
    tokyo = AT.astimezone(timezone(timedelta(hours=9)))
    assert str(RolloutName.of("e", 3, tokyo)) == "e-v3-20261122T020008Z"


@given(versions, instants, versions, instants)
def test_of_two_rollouts_to_an_endpoint_at_most_one_supersedes_the_other(
    version: int, at: datetime, other_version: int, other_at: datetime
) -> None:
    one, other = RolloutName.of("e", version, at), RolloutName.of("e", other_version, other_at)
    assert not (one.is_superseded_by(other) and other.is_superseded_by(one))


def test_an_older_version_that_was_approved_later_stays() -> None:
    old = RolloutName.of("e", 3, AT + timedelta(hours=1))
    new = RolloutName.of("e", 4, AT)
    assert new.is_superseded_by(old)


def test_a_stack_made_anew_counts_from_one_and_is_newer_all_the_same() -> None:
    before = RolloutName.of("e", 10, AT)
    assert not RolloutName.of("e", 1, AT + timedelta(days=1)).is_superseded_by(before)
