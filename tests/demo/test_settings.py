from __future__ import annotations

from pathlib import Path

import pytest

from demo.local_aws import ROOT
from demo.settings import InvalidVariable, Settings


def test_without_the_variable_there_are_no_faults() -> None:
    assert Settings.from_variables({"FAULTS": ""}).faults is None


def test_faults_are_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Named from where `make run` is called, and found from where the embedded AWS runs."""
    monkeypatch.chdir(ROOT)
    settings = Settings.from_variables({"FAULTS": "examples/faults/throttled-night.yaml"})
    assert settings.faults == ROOT / "examples" / "faults" / "throttled-night.yaml"


def test_a_file_that_is_not_there_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(InvalidVariable, match=r"missing\.yaml is no file"):
        Settings.from_variables({"FAULTS": str(tmp_path / "missing.yaml")})
