"""Every case on our interpreter."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.contract.asl.cases import Case, definition_of, language_of, load

CASES = list(load())
# Virtual time passes at real speed while states work; no case works this long.
_SLACK_SECONDS = 60


@pytest.mark.parametrize("case", CASES)
def test_a_case_ends_as_its_source_says(machines: Any, case: Case) -> None:
    if "refused" in case:
        with pytest.raises(ClientError, match="InvalidDefinition") as refused:
            machines.create(definition_of(case))
        assert case["refused"] in str(refused.value)
        return
    record = machines.run(definition_of(case), case.get("input")).record
    if "output" in case:
        assert record["status"] == "SUCCEEDED", (record.get("error"), record.get("cause"))
        assert json.loads(record["output"]) == case["output"]
    else:
        _assert_failed(record, case)
    if "seconds" in case:
        lasted = (record["stopDate"] - record["startDate"]).total_seconds()
        assert case["seconds"] <= lasted < case["seconds"] + _SLACK_SECONDS


def test_every_case_names_its_source() -> None:
    cases = [parameter.values[0] for parameter in CASES]
    assert [case["name"] for case in cases if not case.get("source")] == []
    assert len({parameter.id for parameter in CASES}) == len(CASES)


def test_both_query_languages_are_covered() -> None:
    counts = Counter(language_of(parameter.values[0]) for parameter in CASES)
    assert counts["JSONata"] >= 150
    assert counts["JSONPath"] >= 30


def _assert_failed(record: dict[str, Any], case: Case) -> None:
    status = case.get("status", "FAILED")
    assert (record["status"], record.get("error")) == (status, case["error"]), record
    if "cause" in case:
        assert record.get("cause") == case["cause"]
