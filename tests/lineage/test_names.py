from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage import names
from lineage.errors import InvalidPackage
from lineage.vocabulary import Stage


@given(st.text(), st.from_regex(r"[a-z0-9]{1,30}", fullmatch=True))
def test_an_entity_name_is_legal_whatever_it_is_made_of(head: str, tail: str) -> None:
    name = names.entity_name(head, tail)
    assert re.fullmatch(r"[a-z0-9](-*[a-z0-9]){0,119}", name)
    assert name.endswith(tail)


def test_entity_names_of_long_workflows_still_differ_by_run() -> None:
    workflow = "w" * 200
    assert names.entity_name(workflow, "night", "a") != names.entity_name(workflow, "night", "b")


def test_equal_values_have_equal_json() -> None:
    assert names.canonical_json({"b": 1, "a": "ä"}) == '{"a":"ä","b":1}'


def test_a_text_has_the_digest_of_its_bytes_in_utf_8() -> None:
    assert names.sha256("ä") == names.sha256("ä".encode())


def test_the_machine_of_an_execution() -> None:
    execution = "arn:aws:states:us-east-1:123456789012:execution:retrain:2026-11-21"
    machine = "arn:aws:states:us-east-1:123456789012:stateMachine:retrain"
    assert names.state_machine_arn(execution) == machine


def test_a_record_and_its_receipt_lie_side_by_side() -> None:
    folder = names.night_record_uri("fraud", "2026-11-21", "20261121-1a2b3c4d")
    assert folder == "s3://fraud/lineage/dt=2026-11-21/20261121-1a2b3c4d/"
    record = names.record_uri(folder, Stage.TRAINING)
    assert record == f"{folder}training.json"
    assert names.receipt_uri(record) == f"{folder}training.receipt.json"


def test_a_package_arn_tells_group_and_version() -> None:
    arn = "arn:aws:sagemaker:us-east-1:123456789012:model-package/fraud-classifier/12"
    assert names.package_group_and_version(arn) == ("fraud-classifier", 12)


@pytest.mark.parametrize(
    "arn",
    [
        "12",
        "arn:aws:sagemaker:us-east-1:123456789012:model-package/fraud-classifier",
        "arn:aws:sagemaker:us-east-1:123456789012:endpoint/fraud-classifier/12",
        "arn:aws:sagemaker:us-east-1:123456789012:model-package/fraud-classifier/twelve",
    ],
)
def test_anything_else_is_no_package_arn(arn: str) -> None:
    with pytest.raises(InvalidPackage, match="give its version"):
        names.package_group_and_version(arn)


def test_contexts_that_sagemaker_names_are_told_apart() -> None:
    assert names.is_sagemakers_own(names.endpoint_context("fraud-candidate"))
    assert not names.is_sagemakers_own("nightly-retrain-night-20261121-1a2b3c4d")
