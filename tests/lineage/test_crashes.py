"""Writing lineage again, over a wire, gives what one quiet writer gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lineage import names
from lineage.clients import Clients
from lineage.records.archive import location
from lineage.vocabulary import Stage
from tests.lineage.account import Account
from tests.lineage.nights import DescribedJobs, StagedNight
from tests.lineage.wires import EchoingWire

NewNight = Callable[..., StagedNight]
ClientsFor = Callable[[StagedNight], Clients]


@pytest.fixture
def clients_for(sagemaker: Any, s3: Any) -> ClientsFor:
    return lambda night: Clients(DescribedJobs(sagemaker, night), s3)


def test_writing_a_night_twice_changes_nothing(
    new_night: NewNight, clients_for: ClientsFor, sagemaker: Any, s3: Any
) -> None:
    night = new_night()
    night.record_until(Stage.DEPLOYMENT_OUTCOME, clients_for(night))
    once = Account(sagemaker, s3).of(night)
    night.record_until(Stage.DEPLOYMENT_OUTCOME, clients_for(night))
    assert Account(sagemaker, s3).of(night) == once


def test_a_stage_delivered_late_takes_nothing_back(
    new_night: NewNight, clients_for: ClientsFor, sagemaker: Any, s3: Any
) -> None:
    """Without its receipt a stage is written from scratch, over what later stages have added.

    The last stage comes first: no later one could repair what an earlier one breaks.
    """
    night = new_night()
    recordings = night.record_until(Stage.DEPLOYMENT_OUTCOME, clients_for(night))
    once = Account(sagemaker, s3).of(night)
    for late in reversed(Stage):
        record_uri = recordings[late.position].record.uri
        s3.delete_object(**location(names.receipt_uri(record_uri)))
        night.record(late, clients_for(night))
    assert Account(sagemaker, s3).of(night) == once


def test_answers_that_get_lost_make_no_second_entity(
    new_night: NewNight, clients_for: ClientsFor, sagemaker: Any, s3: Any
) -> None:
    """Botocore repeats a call whose answer it did not get, and is told that the entity exists."""
    undisturbed, disturbed = new_night(), new_night()
    undisturbed.record_until(Stage.DEPLOYMENT_OUTCOME, clients_for(undisturbed))
    disturbed.record_until(Stage.DEPLOYMENT_OUTCOME, EchoingWire().through(clients_for(disturbed)))
    account = Account(sagemaker, s3)
    assert account.of(disturbed) == account.of(undisturbed)
