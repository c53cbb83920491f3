"""Cases of the Amazon States Language as data: what each one expects, and from which source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore.exceptions import ClientError

CASES = [
    pytest.param(case, id=f"{file.stem}: {case['name']}")
    for file in sorted((Path(__file__).parent / "cases").glob("*.yaml"))
    for case in yaml.safe_load(file.read_text())
]
# Virtual time passes at real speed while states work; no case works this long.
_SLACK_SECONDS = 60


@pytest.mark.parametrize("case", CASES)
def test_a_case_ends_as_its_source_says(machines: Any, case: dict[str, Any]) -> None:
    definition = whole_definition(case)
    if "refused" in case:
        with pytest.raises(ClientError, match="InvalidDefinition") as refused:
            machines.create(definition)
        assert case["refused"] in str(refused.value)
        return
    outcome = machines.run(definition, case.get("input"))
    if "output" in case:
        assert outcome.output == case["output"]
    else:
        _assert_failed(outcome.record, case)
    if "seconds" in case:
        assert case["seconds"] <= outcome.seconds < case["seconds"] + _SLACK_SECONDS


def test_every_case_names_its_source() -> None:
    cases = [parameter.values[0] for parameter in CASES]
    assert [case["name"] for case in cases if not case.get("source")] == []
    assert len({parameter.id for parameter in CASES}) == len(CASES)


def whole_definition(case: dict[str, Any]) -> dict[str, Any]:
    """A case may give only an expression, or only an intrinsic, for a Pass state."""
    if "expression" in case:
        state = {"Type": "Pass", "Output": f"{{% {case['expression']} %}}", "End": True}
        return {"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": state}}
    if "intrinsic" in case:
        state = {"Type": "Pass", "Parameters": {"v.$": case["intrinsic"]}, "OutputPath": "$.v"}
        return {"StartAt": "A", "States": {"A": {**state, "End": True}}}
    return dict(case["definition"])


def _assert_failed(record: dict[str, Any], case: dict[str, Any]) -> None:
    assert (record["status"], record.get("error")) == ("FAILED", case["error"])
    if "cause" in case:
        assert record["cause"] == case["cause"]
