"""An explanation to render, the same for every test and each test's own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lineage.queries.explanation import AnsweredFrom, explain
from lineage.records.record import Record
from lineage.vocabulary import Stage
from tests.lineage import builders
from tests.lineage.graphs import graph_until

Document = dict[str, Any]


@pytest.fixture
def explanation() -> Document:
    night = builders.a_night()
    uri = f"{night['RecordUri']}registration.json"
    registered = Record(uri, Stage.REGISTRATION, night, graph_until(Stage.REGISTRATION, night))
    graph = registered.noted() | graph_until(Stage.DEPLOYMENT_OUTCOME, night)
    document: Document = json.loads(json.dumps(explain(graph, AnsweredFrom.INDEX)))
    return document
