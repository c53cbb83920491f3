"""The parameters of S3 Object Lock, and the permission that goes with them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from docs.generate import ROOT
from embedded_aws.cloudformation.template import parse

TEMPLATE: dict[str, Any] = parse((ROOT / "template.yaml").read_text())
DAYS = TEMPLATE["Parameters"]["ObjectLockDays"]


@pytest.mark.parametrize("days", [0, 30, 99, 100, 365, 9_999, 10_000, 29_999, 36_499, 36_500])
def test_days_are_none_or_outlast_every_redrive(days: int) -> None:
    """An execution can be redriven for 14 days, and S3 refuses a lock that ends in the past."""
    assert re.search(DAYS["AllowedPattern"], str(days))


@pytest.mark.parametrize("days", ["", "1", "29", "030", "36501", "99999", "-30", "30.5", "forever"])
def test_any_other_number_of_days_is_refused(days: str) -> None:
    assert not re.search(DAYS["AllowedPattern"], days)


def test_records_may_be_locked_whatever_the_stack_says_now() -> None:
    """A night keeps the lock that it began with, and so do rollouts of its package, years later."""
    statements = TEMPLATE["Resources"]["WriteRecordPolicy"]["Properties"]["PolicyDocument"][
        "Statement"
    ]
    (granted,) = (it for it in statements if it.get("Action") == "s3:PutObjectRetention")
    assert granted["Resource"] == {"Fn::Sub": "${Bucket.Arn}/lineage/*"}


def test_whoever_verifies_records_cannot_overwrite_them() -> None:
    roles = [TEMPLATE["Resources"][f"{it}LineageRole"]["Properties"] for it in ("Prune", "Apply")]
    granted = TEMPLATE["Resources"]["WriteIndexPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    for role in roles:
        attached = [it for it in role["ManagedPolicyArns"] if "Ref" in it]
        assert attached == [{"Ref": "TracingPolicy"}, {"Ref": "WriteIndexPolicy"}]
        granted = [*granted, *role["Policies"][0]["PolicyDocument"]["Statement"]]
    changed = {
        it["Resource"]["Fn::Sub"]
        for it in granted
        if re.search(r"s3:(Put|Delete)", str(it["Action"]))
    }
    assert changed == {
        f"${{Bucket.Arn}}/lineage/*{title}.receipt.json" for title in ("", "/pruning", "/pruned")
    }
