"""The input of a night that an operator starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops.errors import InvalidSetting
from ops.start import night_input


def test_settings_are_json_where_they_are_and_text_elsewhere() -> None:
    settings = [
        "AucThreshold=0.9",
        "AllowMissingPartitions=true",
        "TrainingInstanceType=ml.m5.large",
    ]
    assert night_input("2026-11-21", settings, None) == {
        "AucThreshold": 0.9,
        "AllowMissingPartitions": True,
        "TrainingInstanceType": "ml.m5.large",
        "DataDate": "2026-11-21",
    }


def test_a_setting_overrides_the_file_and_the_date_overrides_both(tmp_path: Path) -> None:
    file = tmp_path / "night.json"
    file.write_text('{"AucThreshold": 0.8, "TrainDays": 14, "DataDate": "2020-01-01"}')
    assert night_input("2026-11-21", ["AucThreshold=0.9"], file) == {
        "AucThreshold": 0.9,
        "TrainDays": 14,
        "DataDate": "2026-11-21",
    }


@pytest.mark.parametrize("content", ["{", "[]"])
def test_a_file_that_is_no_object_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "night.json"
    file.write_text(content)
    with pytest.raises(InvalidSetting, match="night"):
        night_input("2026-11-21", [], file)


def test_a_setting_without_a_value_is_refused() -> None:
    with pytest.raises(InvalidSetting, match="AucThreshold=VALUE"):
        night_input("2026-11-21", ["AucThreshold"], None)
