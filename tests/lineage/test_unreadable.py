"""A record that cannot be read is named by every question, and ends none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lineage import names, recorder
from lineage.errors import InvalidDocument, RecordTooNew
from lineage.records.archive import Archive, location
from lineage.records.shelf import Shelf
from lineage.rendering.budget import as_text as budget_as_text
from lineage.rendering.impact import as_text as impact_as_text
from lineage.schema import require_valid
from tests.lineage import builders
from tests.lineage.failures import a_failure
from tests.lineage.nights import put
from tests.lineage.production import Production


@pytest.fixture
def production() -> Production:
    return Production()


def uri_of(production: Production, title: str = "registration") -> str:
    """A record of the first of the two nights."""
    return names.record_uri(production.nights[0].document["RecordUri"], title)


def breakages(text: str) -> dict[str, bytes]:
    later = json.dumps(json.loads(text) | {"SchemaVersion": 2})
    return {
        "cut off": text[:300].encode(),
        "empty": b"",
        "no record": b"{}",
        "no text": b"\xff\xfe",
        "of a later version": later.encode(),
    }


def asked(production: Production) -> dict[str, Any]:
    """What is answered to questions about all nights."""
    query = production.query
    answers = {
        "budget": query.budget(),
        "impact": query.impact(builders.IMAGE_URI),
        "audit": query.audit(),
    }
    for name, answer in answers.items():
        require_valid(json.loads(json.dumps(answer)), name)
    return answers


@pytest.mark.slow
@pytest.mark.parametrize("title", ["registration", "failure-r0"])
@pytest.mark.parametrize(
    "breakage", ["cut off", "empty", "no record", "no text", "of a later version"]
)
def test_every_question_about_all_nights_is_answered_and_names_it(
    breakage: str, title: str, production: Production
) -> None:
    night, s3, uri = production.nights[0], production.world.s3, uri_of(production, title)
    recorder.record_failure(production.clients, night.bucket, a_failure(night.document))
    assert "Unreadable" not in asked(production)["budget"]
    text = str(Archive(s3).read(uri))
    s3.put_object(**location(uri), Body=breakages(text)[breakage])
    found = asked(production)
    assert found["budget"]["Unreadable"] == found["impact"]["Unreadable"] == [uri]
    assert found["budget"]["Nights"] == 2
    assert production.nights[1].document["RunId"] in impact_as_text(found["impact"])
    assert uri in budget_as_text(found["budget"])
    assert uri in impact_as_text(found["impact"])
    assert not found["audit"]["Clean"]


def test_a_failure_that_contradicts_its_night_ends_no_question(production: Production) -> None:
    night, s3, uri = production.nights[0], production.world.s3, uri_of(production, "failure-r0")
    recorder.record_failure(production.clients, night.bucket, a_failure(night.document))
    text = str(Archive(s3).read(uri))
    put(s3, uri, text.replace(night.document["ImageUri"], "another"))
    found = asked(production)
    assert found["budget"]["Unreadable"] == found["impact"]["Unreadable"] == [uri]


@pytest.mark.parametrize(
    ("body", "error"), [("{ cut", InvalidDocument), ('{"SchemaVersion": 2}', RecordTooNew)]
)
def test_a_question_about_that_very_night_says_why_it_has_no_answer(
    body: str, error: type[Exception], production: Production
) -> None:
    night, shelf = production.nights[0].document, Shelf(production.world.s3, "fraud")
    put(production.world.s3, uri_of(production), body)
    with pytest.raises(error, match=uri_of(production)):
        shelf.find(night["DataDate"], night["RunId"])


def test_what_somebody_puts_beside_the_records_is_none(production: Production) -> None:
    before = asked(production)
    put(production.world.s3, uri_of(production, "notes"), "{}")
    assert asked(production) == before
