"""Which answers of an endpoint prove that it serves the model, and which may yet do so."""

from __future__ import annotations

import json
import math

import botocore.session
import pytest
from botocore.stub import Stubber

from rollout.errors import EndpointNotAnswering
from rollout.smoke_test import TOLERANCE, compare, differences
from tests.lineage.buckets import VersionedBucket

RUNTIME = botocore.session.get_session().create_client(
    "sagemaker-runtime", "us-east-1", aws_access_key_id="none", aws_secret_access_key="none"
)
ERRORS = {
    shape.name
    for shape in RUNTIME.meta.service_model.operation_model("InvokeEndpoint").error_shapes
}


@pytest.mark.parametrize("answer", ["0.25\n0.5\n", "0.25\n0.5", "0.25,0.5", "0.25\r\n0.5\r\n"])
def test_the_same_scores_in_order_are_alike_however_they_are_separated(answer: str) -> None:
    assert compare([0.25, 0.5], answer) == []


def test_scores_in_another_order_differ_row_by_row() -> None:
    found = compare([0.25, 0.5], "0.5\n0.25")
    assert [it.partition(":")[0] for it in found] == ["row 0", "row 1"]


def test_a_millionth_is_alike_and_more_is_not() -> None:
    assert compare([0.5], f"{0.5 + TOLERANCE / 2}") == []
    assert compare([0.5], f"{0.5 + TOLERANCE * 2}") != []


@pytest.mark.parametrize("score", ["nan", "inf"])
def test_what_is_no_number_is_not_alike(score: str) -> None:
    assert not math.isfinite(float(score))
    assert compare([0.5], score) != []


@pytest.mark.parametrize("answer", ["", "0.5", "0.5\n0.5\n0.5"])
def test_another_number_of_scores_is_told(answer: str) -> None:
    assert compare([0.5, 0.5], answer) == [f"{len(answer.split())} scores for 2 rows"]


def test_an_answer_that_is_no_list_of_scores_is_told() -> None:
    assert "no score" in compare([0.5], "<html>")[0]


@pytest.mark.parametrize("code", sorted(ERRORS - {"ValidationError"}))
def test_whatever_is_not_the_requests_own_fault_may_pass(code: str) -> None:
    bucket, sample = VersionedBucket(), {"rows": ["1"], "scores": [0.5], "content_type": "text/csv"}
    bucket.put_object(Bucket="fraud", Key="sample.json", Body=json.dumps(sample).encode())
    with Stubber(RUNTIME) as stubbed:
        stubbed.add_client_error("invoke_endpoint", service_error_code=code)
        with pytest.raises(EndpointNotAnswering, match=code):
            differences(RUNTIME, bucket, "fraud", "s3://fraud/sample.json")
