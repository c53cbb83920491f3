"""Loads the cases of the Amazon States Language: what each one expects, and from which source.

A case has a name, a source, an input, and either an output, an error (with a cause, where AWS's
words are known) or the words of a refusal. It gives a whole definition, or short for one:

- ``expression``: the Output of a Pass state, in JSONata;
- ``lookup``: a path or an intrinsic, as a value in a Pass state's Parameters;
- ``rule``: a rule of a JSONPath Choice; the output is whether it holds;
- ``states``: the states of a JSONata machine that starts at the first.

``moto`` says why moto's interpreter, stock, ends otherwise; ``seconds`` how long it lasts.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

Case = dict[str, Any]


def load() -> Iterator[Any]:
    """Every case as a parameter of a test."""
    for file in sorted((Path(__file__).parent / "cases").glob("*.yaml")):
        for case in yaml.load(file.read_text(), yaml.CSafeLoader):
            yield pytest.param(case, id=f"{file.stem}: {case['name']}")


def definition_of(case: Case) -> dict[str, Any]:
    """The whole definition that a case means."""
    if "expression" in case:
        state = {"Type": "Pass", "Output": f"{{% {case['expression']} %}}", "End": True}
        return {"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": state}}
    if "lookup" in case:
        state = {"Type": "Pass", "Parameters": {"v.$": case["lookup"]}, "OutputPath": "$.v"}
        return {"StartAt": "A", "States": {"A": {**state, "End": True}}}
    if "rule" in case:
        return _choice(case["rule"])
    if "states" in case:
        states = case["states"]
        return {"QueryLanguage": "JSONata", "StartAt": next(iter(states)), "States": states}
    return dict(case["definition"])


def language_of(case: Case) -> str:
    """The query language that a case is about."""
    return "JSONata" if "JSONata" in str(definition_of(case)) else "JSONPath"


def _choice(rule: dict[str, Any]) -> dict[str, Any]:
    answers = {
        name: {"Type": "Pass", "Result": holds, "End": True}
        for name, holds in (("Holds", True), ("Fails", False))
    }
    asks = {"Type": "Choice", "Choices": [{**rule, "Next": "Holds"}], "Default": "Fails"}
    return {"StartAt": "Ask", "States": {"Ask": asks, **answers}}
