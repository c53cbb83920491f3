"""Tags of SageMaker resources, whatever the resource is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from embedded_aws.gateway.service import RequestContext, ServiceError
from embedded_aws.sagemaker.tags import Tags

ARN = "arn:aws:sagemaker:us-east-1:123456789012:training-job/job"
CONTEXT = RequestContext("123456789012", "us-east-1", "AKIDUSER", "request")


def tag(key: str, value: str = "v") -> dict[str, str]:
    return {"Key": key, "Value": value}


@pytest.fixture
def tags() -> Tags:
    """A resource with one tag."""
    made = Tags()
    made.register(ARN, [tag("a")])
    return made


def call(tags: Tags, operation: str, **parameters: Any) -> Any:
    return tags.operations()[operation]({"ResourceArn": ARN, **parameters}, CONTEXT)


def test_a_resource_has_the_tags_that_it_was_created_with(tags: Tags) -> None:
    assert call(tags, "ListTags") == {"Tags": [tag("a")]}


def test_added_tags_replace_those_of_the_same_key(tags: Tags) -> None:
    answer = call(tags, "AddTags", Tags=[tag("a", "new"), tag("b")])
    assert answer == call(tags, "ListTags") == {"Tags": [tag("a", "new"), tag("b")]}


def test_deleted_tags_are_gone_and_others_stay(tags: Tags) -> None:
    call(tags, "AddTags", Tags=[tag("b")])
    call(tags, "DeleteTags", TagKeys=["a", "no such key"])
    assert tags.of(ARN) == [tag("b")]


def test_a_resource_carries_at_most_fifty_tags(tags: Tags) -> None:
    with pytest.raises(ServiceError, match="50 tags") as refused:
        call(tags, "AddTags", Tags=[tag(str(number)) for number in range(50)])
    assert refused.value.code == "ResourceLimitExceeded"
    assert tags.of(ARN) == [tag("a")]


def test_a_key_that_comes_twice_is_refused() -> None:
    with pytest.raises(ServiceError, match="Duplicate"):
        Tags().register(ARN, [tag("a"), tag("a")])


@pytest.mark.parametrize("operation", ["AddTags", "ListTags", "DeleteTags"])
def test_tags_of_what_does_not_exist_are_refused(tags: Tags, operation: str) -> None:
    tags.forget(ARN)
    with pytest.raises(ServiceError, match=ARN) as refused:
        call(tags, operation, Tags=[], TagKeys=[])
    assert refused.value.code == "ValidationException"


def test_a_client_is_told_of_an_unknown_resource(client: Callable[[str], Any]) -> None:
    sagemaker = client("sagemaker")
    with pytest.raises(sagemaker.exceptions.ClientError, match="ValidationException"):
        sagemaker.list_tags(ResourceArn=ARN)
