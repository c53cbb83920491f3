"""Every case on our interpreter."""

from __future__ import annotations

from collections import Counter

import pytest

from embedded_aws.gateway.service import ServiceError
from tests.contract.asl.cases import Case, definition_of, language_of, load
from tests.contract.asl.interpreter import Interpreter

CASES = list(load())
# Virtual time passes at real speed while states work; no case works this long.
_SLACK_SECONDS = 60


@pytest.mark.parametrize("case", CASES)
def test_a_case_ends_as_its_source_says(interpreter: Interpreter, case: Case) -> None:
    definition, state_input = definition_of(case), case.get("input", {})
    if "refused" in case:
        with pytest.raises(ServiceError) as refused:
            interpreter.run(definition, state_input)
        assert refused.value.code == "InvalidDefinition"
        assert case["refused"] in str(refused.value)
        return
    ended = interpreter.run(definition, state_input)
    if "output" in case:
        assert (ended.status, ended.output) == ("SUCCEEDED", case["output"]), ended
    else:
        status = case.get("status", "FAILED")
        assert (ended.status, ended.error) == (status, case["error"]), ended
    if "cause" in case:
        assert ended.cause == case["cause"]
    if "seconds" in case:
        assert case["seconds"] <= ended.seconds < case["seconds"] + _SLACK_SECONDS


def test_every_case_names_its_source() -> None:
    cases = [parameter.values[0] for parameter in CASES]
    assert [case["name"] for case in cases if not case.get("source")] == []
    assert len({parameter.id for parameter in CASES}) == len(CASES)


def test_both_query_languages_are_covered() -> None:
    counts = Counter(language_of(parameter.values[0]) for parameter in CASES)
    assert counts["JSONata"] >= 150
    assert counts["JSONPath"] >= 30
