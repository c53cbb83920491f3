from __future__ import annotations

from lineage.rendering import EXPLANATION_FORMATS
from ops.commands.questions import Format


def test_every_format_but_json_is_a_rendering() -> None:
    assert set(Format) - {Format.JSON} == set(EXPLANATION_FORMATS)
