"""An account without room for more lineage: the record counts, and the night goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from embedded_aws.instance import Instance, serve
from embedded_aws.sagemaker.lineage.quotas import LineageQuotas
from embedded_aws.settings import Settings
from lineage.clients import Clients
from lineage.errors import LineageQuotaExceeded
from lineage.model import Association, Graph
from lineage.store import LineageStore, Snapshot
from lineage.vocabulary import AssociationType, Stage
from tests.lineage import builders
from tests.lineage.graphs import graph_until
from tests.lineage.nights import StagedNight

ROOM = LineageQuotas(actions=2, artifacts=5, associations=5, contexts=1)


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """An account with room for one featurise stage, and next to nothing more."""
    scratch: Path = tmp_path_factory.mktemp("embedded-aws")
    with serve(Settings(scratch=scratch, lineage_quotas=ROOM)) as instance:
        yield instance


def test_a_night_out_of_quota_goes_on_with_a_whole_record(
    night: StagedNight, clients: Clients, sagemaker: Any
) -> None:
    recordings = night.record_until(Stage.REGISTRATION, clients)
    assert [each.indexed for each in recordings] == [True, False, False, False]
    assert set(recordings[-1].record.graph.entities) == {
        ref.replace("/7", f"/{night.version}") if "model-package" in ref else ref
        for ref in graph_until(Stage.REGISTRATION, night.document).entities
    }
    _and_the_error_says_what_to_do(sagemaker)


def _and_the_error_says_what_to_do(sagemaker: Any) -> None:
    training = Graph(graph_until(Stage.TRAINING, builders.a_night("ffffffff")).entities)
    with pytest.raises(LineageQuotaExceeded, match="raise the quota or shorten the retention"):
        LineageStore(sagemaker).apply(training, Snapshot(Graph(), {}))
    arns = {
        each["ActionName"]: each["ActionArn"]
        for each in sagemaker.list_actions()["ActionSummaries"]
    }
    one, other = sorted(arns)
    edges = [Association(one, other, AssociationType.DERIVED_FROM)]
    edges += [Association(other, one, AssociationType.DERIVED_FROM)]
    with pytest.raises(LineageQuotaExceeded, match=f"{one} -> {other}|{other} -> {one}"):
        LineageStore(sagemaker).apply(Graph.of(associations=edges), Snapshot(Graph(), arns))
