from __future__ import annotations

from datetime import date, timedelta
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


@pytest.mark.parametrize("text", ["0", "1.01", "-0.5", "high", "nan"])
def test_a_threshold_that_is_no_auc_is_refused(text: str) -> None:
    with pytest.raises(InvalidVariable, match="is no AUC"):
        Settings.from_variables({"AUC_THRESHOLD": text})


@pytest.mark.parametrize("text", ["", "0.86", "1"])
def test_a_threshold_is_passed_on_as_it_is_written(text: str) -> None:
    assert Settings.from_variables({"AUC_THRESHOLD": text}).auc_threshold == text


def test_nights_outside_the_delivered_days_are_refused_before_anything_starts(
    tmp_path: Path,
) -> None:
    for day in ("2026-11-08", "2026-11-09"):
        (tmp_path / f"dt={day}").mkdir()
        (tmp_path / f"dt={day}" / "part-0.parquet").touch()
    variables = {"TRANSACTIONS": str(tmp_path), "FROM": "2026-11-08", "NIGHTS": "2"}
    with pytest.raises(InvalidVariable, match="has 2026-11-08 to 2026-11-09 and lacks 57 of them"):
        Settings.from_variables(variables)


def test_nights_whose_days_are_all_there_are_taken(tmp_path: Path) -> None:
    for number in range(58):
        folder = tmp_path / f"dt={date(2026, 9, 12) + timedelta(days=number)}"
        folder.mkdir()
        (folder / "part-0.parquet").touch()
    variables = {"TRANSACTIONS": str(tmp_path), "FROM": "2026-11-08", "NIGHTS": "1"}
    assert Settings.from_variables(variables).transactions == tmp_path
