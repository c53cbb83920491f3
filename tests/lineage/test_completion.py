"""A stage and a failure that are recorded at the same moment: neither takes the other's word."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from lineage import names, recorder
from lineage.completion import complete_night
from lineage.errors import LineageNotReady
from lineage.vocabulary import Stage
from tests.lineage import builders
from tests.lineage.failures import a_failure
from tests.lineage.interleaving import interleave
from tests.lineage.nights import StagedNight
from tests.lineage.wires import Call, Wire
from tests.lineage.worlds import World

NIGHT = StagedNight(builders.a_night())
FAILURE, SECOND = (a_failure(NIGHT.document, redrive_count=redrive) for redrive in (0, 1))
NAME = names.entity_name(NIGHT.document["Workflow"], "night", NIGHT.document["RunId"])


def a_world(last: Stage) -> World:
    world = World([NIGHT])
    NIGHT.record_until(last, world.clients)
    return world


def told(world: World) -> dict[str, str]:
    properties: dict[str, str] = world.sagemaker.describe_action(ActionName=NAME)["Properties"]
    return properties


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("stage", [Stage.EVALUATION, Stage.REGISTRATION])
def test_a_redriven_night_keeps_what_stages_and_failures_tell(stage: Stage, seed: int) -> None:
    """The failures of two executions are told late, while the next redrive goes on."""
    world = a_world(Stage(list(Stage)[stage.position - 1]))
    interleave(
        [
            lambda clients: NIGHT.record(stage, clients),
            lambda clients: recorder.record_failure(clients, "fraud", FAILURE),
            lambda clients: recorder.record_failure(clients, "fraud", SECOND),
        ],
        world.clients,
        Random(seed).randrange,  # noqa: S311
    )
    assert {f"{stage}RecordSha256", "Decision", "FailureR0", "FailureR1"} <= told(world).keys()


def test_what_somebody_removed_is_told_again_by_the_next_stage() -> None:
    world = a_world(Stage.EVALUATION)
    recorder.record_failure(world.clients, "fraud", FAILURE)
    before = told(world)
    world.sagemaker.update_action(ActionName=NAME, PropertiesToRemove=["FailureR0", "Decision"])
    NIGHT.record(Stage.REGISTRATION, world.clients)
    assert before.items() <= told(world).items()


class Deaf(Wire):
    """Takes updates and forgets them."""

    def carry(self, name: str, call: Call, request: dict[str, Any]) -> Any:
        return {} if name == "update_action" else super().carry(name, call, request)


def test_an_action_that_never_shows_it_asks_for_a_retry() -> None:
    world = a_world(Stage.EVALUATION)
    world.sagemaker.update_action(ActionName=NAME, PropertiesToRemove=["Decision"])
    night = NIGHT.document
    with pytest.raises(LineageNotReady, match=f"does not show all .* on action:{NAME}"):
        complete_night(Deaf().through(world.clients), "fraud", night["DataDate"], night["RunId"])
