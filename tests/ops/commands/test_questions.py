from __future__ import annotations

import pytest

from lineage.rendering import FORMATS
from ops.commands.asking import require_readable
from ops.commands.questions import ExplanationFormat, Format
from ops.errors import OtherVersion

IMPACT = {
    "SchemaVersion": 1,
    "Subject": {"Kind": "DataDate", "Value": "2026-11-21"},
    "OnRecord": {"Nights": 0},
    "Nights": [],
    "Packages": [],
    "Endpoints": [],
}


def test_every_format_but_json_is_a_rendering() -> None:
    assert {"json", *FORMATS["explain"]} == set(ExplanationFormat)
    assert {"json", *FORMATS["diff"]} == {"json", *FORMATS["impact"]} == set(Format)


def test_an_answer_by_this_versions_schema_is_rendered() -> None:
    require_readable(IMPACT, "impact")


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        (
            {key: value for key, value in IMPACT.items() if key != "Endpoints"},
            "'Endpoints' is a req",
        ),
        (IMPACT | {"Weather": "fine"}, "'Weather' was unexpected"),
    ],
    ids=["an older function's", "a later function's"],
)
def test_an_answer_of_another_version_is_refused_by_what_differs(
    answer: dict[str, object], wrong: str
) -> None:
    with pytest.raises(OtherVersion, match=rf"{wrong}.*`--json` prints it as it came"):
        require_readable(answer, "impact")
