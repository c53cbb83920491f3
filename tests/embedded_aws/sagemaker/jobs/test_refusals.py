"""Requests for what the embedded AWS does not emulate."""

from __future__ import annotations

import pytest

from embedded_aws.gateway.service import ServiceError
from embedded_aws.sagemaker.jobs.refusals import Only, refuse

RULES = (Only("Inputs[].Mode", ("File",)), Only("Resources.Plan"))


@pytest.mark.parametrize(
    "request_parameters",
    [{}, {"Inputs": []}, {"Inputs": [{"Mode": "File"}, {}]}, {"Resources": {"Count": 1}}],
)
def test_what_no_rule_speaks_of_passes(request_parameters: dict[str, object]) -> None:
    refuse(request_parameters, RULES)


def test_a_value_that_is_not_allowed_is_named_with_those_that_are() -> None:
    with pytest.raises(ServiceError, match=r"Inputs\[\].Mode=Pipe; use File") as refused:
        refuse({"Inputs": [{"Mode": "File"}, {"Mode": "Pipe"}]}, RULES)
    assert refused.value.code == "ValidationException"


def test_a_member_that_may_not_be_there_is_named() -> None:
    with pytest.raises(ServiceError, match=r"Resources\.Plan=x; leave it out"):
        refuse({"Resources": {"Plan": "x"}}, RULES)
