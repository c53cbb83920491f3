"""Two instances on one machine: same names in both, and nothing of the one in the other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from embedded_aws.instance import AlreadyServing, Instance, serve
from embedded_aws.settings import Settings
from embedded_aws.testing import ServedAws, make_role, serving

pytestmark = pytest.mark.slow

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[ServedAws, ServedAws]]:
    with serving(BEGIN) as one, serving(BEGIN) as other:
        yield one, other


def test_a_process_refuses_to_serve_a_second_instance(aws: Instance, tmp_path: Path) -> None:
    with pytest.raises(AlreadyServing, match=r"testing\.serving"), serve(Settings(tmp_path)):
        pytest.fail(f"it serves beside {aws.url}")


def test_a_bucket_of_the_same_name_holds_another_object(pair: tuple[ServedAws, ServedAws]) -> None:
    for number, aws in enumerate(pair):
        aws.client("s3").create_bucket(Bucket="lake")
        aws.client("s3").put_object(Bucket="lake", Key=f"only-{number}", Body=b"")
    for number, aws in enumerate(pair):
        listed = aws.client("s3").list_objects_v2(Bucket="lake")["Contents"]
        assert [it["Key"] for it in listed] == [f"only-{number}"]


def test_a_role_and_its_machine_of_the_same_name_are_two(pair: tuple[ServedAws, ServedAws]) -> None:
    arns = []
    for number, aws in enumerate(pair):
        role = make_role(aws.client("iam"), "night", "states")
        states = {"Say": {"Type": "Pass", "Output": number, "End": True}}
        definition = {"QueryLanguage": "JSONata", "StartAt": "Say", "States": states}
        arns.append(
            aws.client("stepfunctions").create_state_machine(
                name="night", roleArn=role, definition=json.dumps(definition)
            )["stateMachineArn"]
        )
    assert arns[0] == arns[1]
    for number, aws in enumerate(pair):
        stepfunctions = aws.client("stepfunctions")
        started = stepfunctions.start_execution(stateMachineArn=arns[0], name="same")
        aws.advance_to(started["startDate"])
        described = stepfunctions.describe_execution(executionArn=started["executionArn"])
        assert described["output"] == str(number)


def test_a_model_package_group_of_one_is_unknown_to_the_other(
    pair: tuple[ServedAws, ServedAws],
) -> None:
    one, other = (aws.client("sagemaker") for aws in pair)
    one.create_model_package_group(ModelPackageGroupName="fraud")
    assert other.list_model_package_groups()["ModelPackageGroupSummaryList"] == []


def test_the_clock_of_one_moves_alone(pair: tuple[ServedAws, ServedAws]) -> None:
    one, other = pair
    one.advance_to(BEGIN + timedelta(days=300))
    assert one.now() >= BEGIN + timedelta(days=300)
    assert other.now() < BEGIN + timedelta(days=200)
