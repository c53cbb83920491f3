"""What an operator is told when the stack is not there, or is another's."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from embedded_aws.instance import Instance
from ops.errors import NoSuchStack, StackNotReady
from ops.stack import Stack


def test_a_stack_that_is_not_there_is_named(client: Callable[[str], Any]) -> None:
    with pytest.raises(NoSuchStack, match="absent"):
        Stack.find(client("cloudformation"), "absent")


def test_another_applications_stack_is_told_apart(
    aws: Instance, client: Callable[[str], Any]
) -> None:
    topic = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    client("cloudformation").create_stack(StackName="other", TemplateBody=json.dumps(topic))
    clock = aws.environment.clock
    clock.advance_to(clock.now() + timedelta(minutes=1))
    with pytest.raises(
        StackNotReady, match=r"other is CREATE_COMPLETE and has no output .*BucketName"
    ):
        Stack.find(client("cloudformation"), "other")
