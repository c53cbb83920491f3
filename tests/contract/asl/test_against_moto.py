"""The cases on moto's interpreter, whose authors validated it against AWS.

Moto brings no JSONata engine: ours is put in, so that the cases compare what the two
interpreters do around the expressions. Cases that only ask the engine are left out, as are
those that wait: moto waits in real time. Where a case says that moto is wrong, its test fails as
soon as moto is right.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from tests.contract.asl.cases import Case, definition_of, load

# Where an iteration fails, the others' threads go on in moto, and raise once the program has ended.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings(
        "ignore:Exception in thread BranchWorker_:pytest.PytestUnhandledThreadExceptionWarning"
    ),
]


def is_comparable(case: Case) -> bool:
    """Whether the case asks the interpreter, not the engine, and costs no real time."""
    asks_engine = "expression" in case or case.get("error") == "States.QueryEvaluationError"
    return not (asks_engine or case.keys() & {"refused", "only_here"} or case.get("seconds"))


CASES = [parameter for parameter in load() if is_comparable(parameter.values[0])]


@pytest.fixture(scope="module")
def moto() -> Iterator[Any]:
    """Imported by the one worker that needs it, when it does: that alone takes seconds."""
    with import_module("tests.contract.asl.moto_interpreter").interpreting() as interpreter:
        yield interpreter


@pytest.mark.parametrize("case", CASES)
def test_moto_agrees_unless_the_case_says_why_not(
    moto: Any, case: Case, request: pytest.FixtureRequest
) -> None:
    name = f"case-{abs(hash(request.node.callspec.id))}"
    status, told = moto.run(name, definition_of(case), case.get("input", {}))
    ended = status, _canonical(told) if status == "SUCCEEDED" else told
    assert (ended in _expected(case)) == ("moto" not in case), ended


def _expected(case: Case) -> list[tuple[str, str | None]]:
    if "error" in case:
        return [("FAILED", case["error"])]
    # Moto returns an output that is a string without its quotes.
    texts = [_canonical(json.dumps(case["output"])), _canonical(str(case["output"]))]
    return [("SUCCEEDED", text) for text in texts]


def _canonical(text: str) -> str:
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return text if isinstance(value, int | float) else json.dumps(value, sort_keys=True)
