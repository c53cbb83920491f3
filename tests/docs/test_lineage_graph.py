"""The page on lineage shows the vocabulary as it is."""

from __future__ import annotations

import pytest

from docs.lineage_graph import costs_table, graph_diagram, vocabulary_table
from lineage.vocabulary import ActionType, ArtifactType, AssociationType, ContextType

TYPES = [*ArtifactType, *ActionType, *ContextType]


@pytest.mark.parametrize("entity_type", TYPES)
def test_every_type_of_entity_is_drawn_and_listed(entity_type: str) -> None:
    assert f'"{entity_type}<br/>' in graph_diagram()
    assert f" | {entity_type} | " in vocabulary_table()


def test_the_associations_of_the_drawing_are_of_the_vocabulary() -> None:
    labels = {part.split('"')[0] for part in graph_diagram().split('-->|"')[1:]}
    assert labels <= set(AssociationType)
    assert len(labels) == 3


def test_the_table_names_no_single_night() -> None:
    assert "2026" not in vocabulary_table()
    assert "1a2b3c4d" not in vocabulary_table()


def test_a_night_and_its_rollout_cost_what_the_design_allows() -> None:
    rows = [row.strip("| ").split(" | ") for row in costs_table().splitlines()[2:]]
    costs = {kind: (int(night), int(rollout)) for kind, night, rollout, _ in rows}
    assert costs["actions"] <= (6, 1)
    assert costs["artifacts"] <= (7, 0)
    assert costs["associations"] <= (16, 2)
