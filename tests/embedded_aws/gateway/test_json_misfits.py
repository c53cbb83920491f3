from __future__ import annotations

import pytest
from botocore.model import ServiceModel, Shape

from embedded_aws.gateway.json_misfits import misfits

SHAPES = {
    "Night": {
        "type": "structure",
        "members": {
            name: {"shape": name}
            for name in (
                *("Name", "Steps", "Labels", "Retries", "Ticks", "Passed", "Auc"),
                *("StartedAt", "Photo", "Anything"),
            )
        },
    },
    "Name": {"type": "string"},
    "Steps": {"type": "list", "member": {"shape": "Name"}},
    "Labels": {"type": "map", "key": {"shape": "Name"}, "value": {"shape": "Name"}},
    "Auc": {"type": "double"},
    "Retries": {"type": "integer"},
    "Ticks": {"type": "long"},
    "Passed": {"type": "boolean"},
    "StartedAt": {"type": "timestamp"},
    "Photo": {"type": "blob"},
    "Anything": {"type": "structure", "members": {}, "document": True},
}
MODEL = ServiceModel({"metadata": {"protocol": "json"}, "operations": {}, "shapes": SHAPES})
NIGHT: Shape = MODEL.shape_for("Night")


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"Name": None, "Steps": None},
        {"Steps": ["ab", None]},
        {"Retries": 5.0},
        {"Retries": -(2**31)},
        {"Ticks": 2**63 - 1},
        {"Auc": 1},
        {"Auc": "NaN"},
        {"StartedAt": 1793491200},
        {"StartedAt": 1793491200.123},
        {"StartedAt": "2026-11-01T00:00:00Z"},
        {"Photo": "eA=="},
        {"Anything": {"a": [1]}},
    ],
)
def test_what_can_be_read_has_no_misfits(value: object) -> None:
    assert list(misfits(NIGHT, value)) == []


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ([], ""),
        ({"Name": 1}, "Name"),
        ({"Steps": "ab"}, "Steps"),
        ({"Steps": ["ab", 1]}, "Steps.2.member"),
        ({"Labels": {"ab": {}}}, "Labels.ab"),
        ({"Retries": 1.5}, "Retries"),
        ({"Retries": True}, "Retries"),
        ({"Retries": 2**31}, "Retries"),
        ({"Retries": 1e999}, "Retries"),
        ({"Passed": 1}, "Passed"),
        ({"Auc": "high"}, "Auc"),
        ({"StartedAt": "today"}, "StartedAt"),
        ({"StartedAt": True}, "StartedAt"),
        ({"Photo": "no base64!"}, "Photo"),
        ({"Photo": 1}, "Photo"),
        ({"Anything": {"a": 1}, "Colour": 1}, "Colour"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_path(value: object, path: str) -> None:
    assert [problem.path for problem in misfits(NIGHT, value)] == [path]
