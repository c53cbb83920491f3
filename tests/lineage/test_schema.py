from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from lineage.errors import InvalidDocument
from lineage.schema import complaints, require_valid

SCHEMAS = sorted((Path(__file__).parents[2] / "schema").glob("*.json"))


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.stem)
def test_every_schema_is_one_of_2020_12(path: Path) -> None:
    schema = json.loads(path.read_text())
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema)


def test_every_complaint_names_its_place() -> None:
    event = {"Operation": "explain", "Package": -1, "Extra": True}
    with pytest.raises(InvalidDocument) as refused:
        require_valid(event, "query_lineage_event")
    assert "$: Additional properties" in str(refused.value)
    assert "$.Package: -1 is less than the minimum" in str(refused.value)
    assert "schema/query_lineage_event.json" in str(refused.value)


def test_a_date_that_no_calendar_has_is_a_complaint() -> None:
    night = {"DataDate": "2026-02-30"}
    assert "$.DataDate: '2026-02-30' is not a 'date'" in complaints(night, "night")


def test_a_valid_document_gives_no_complaint() -> None:
    assert complaints({"Operation": "explain", "Package": 1}, "query_lineage_event") == []
