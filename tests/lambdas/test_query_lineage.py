"""query_lineage: one question in, one document by its schema out."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from embedded_aws.instance import Instance
from lineage.clients import Clients
from lineage.errors import InvalidDocument, InvalidPackage, UnknownPackage
from lineage.schema import require_valid
from lineage.vocabulary import Stage
from tests.lambdas.lineage_functions import CONTEXT, load, of_the_stack
from tests.lineage import builders
from tests.lineage.nights import DescribedJobs, StagedNight, stage_night

BUCKET, GROUP = "fraud", "fraud-classifier"


@pytest.fixture(scope="module")
def function(aws: Instance, client: Callable[[str], Any]) -> ModuleType:
    client("s3").create_bucket(Bucket=BUCKET)
    client("sagemaker").create_model_package_group(ModelPackageGroupName=GROUP)
    return load("query_lineage", aws, of_the_stack(GROUP, BUCKET))


def test_an_explanation_is_one_by_its_schema(
    function: ModuleType, client: Callable[[str], Any]
) -> None:
    night = stage_night(client("s3"), StagedNight(builders.a_night(bucket=BUCKET)))
    clients = Clients(DescribedJobs(client("sagemaker"), night), client("s3"))
    night.record_until(Stage.DEPLOYMENT_OUTCOME, clients)
    for package in (night.version, str(night.version), night.package_arn):
        answer = function.handler({"Operation": "explain", "Package": package}, CONTEXT)
        require_valid(answer, "explain")
        assert answer["Package"]["Arn"] == night.package_arn


@pytest.mark.parametrize(
    ("operation", "asked"),
    [
        ("diff", {"A": 7, "B": 7}),
        ("impact", {"Subject": "2026-11-21"}),
        ("audit", {}),
        ("plan", {"Execution": "20261121-1a2b3c4d"}),
        ("budget", {}),
    ],
)
def test_every_answer_is_one_by_the_schema_of_its_operation(
    operation: str, asked: dict[str, Any], function: ModuleType, client: Callable[[str], Any]
) -> None:
    night = stage_night(client("s3"), StagedNight(builders.a_night(bucket=BUCKET)))
    clients = Clients(DescribedJobs(client("sagemaker"), night), client("s3"))
    night.record_until(Stage.DEPLOYMENT_OUTCOME, clients)
    answer = function.handler({"Operation": operation, **asked}, CONTEXT)
    require_valid(answer, operation)


def test_a_version_that_does_not_exist_is_unknown(function: ModuleType) -> None:
    with pytest.raises(UnknownPackage):
        function.handler({"Operation": "explain", "Package": 4711}, CONTEXT)


@pytest.mark.parametrize(
    ("event", "complaint"),
    [
        ({}, "'Operation' is a required property"),
        ({"Operation": "explain"}, "'Package' is a required property"),
        ({"Operation": "diff", "A": 1}, "'B' is a required property"),
        ({"Operation": "impact"}, "'Subject' is a required property"),
        ({"Operation": "guess", "Package": 1}, "'guess' is not one of"),
        ({"Operation": "explain", "Package": 0}, "0 is less than the minimum of 1"),
        ({"Operation": "explain", "Package": 1, "Verbose": True}, "'Verbose' was unexpected"),
    ],
)
def test_a_question_of_another_shape_is_refused(
    event: Any, complaint: str, function: ModuleType
) -> None:
    with pytest.raises(InvalidDocument, match=complaint):
        function.handler(event, CONTEXT)


def test_what_is_neither_a_version_nor_an_arn_is_told_in_words(function: ModuleType) -> None:
    with pytest.raises(InvalidPackage, match=r"'newest' names no model package: give its version"):
        function.handler({"Operation": "explain", "Package": "newest"}, CONTEXT)
