from __future__ import annotations

from collections.abc import Callable
from typing import Any

from embedded_aws.iam import usage
from embedded_aws.instance import Instance
from tests.embedded_aws.iam.statements import allow

Make = Callable[..., Any]


def test_grants_by_which_nothing_was_allowed_are_told(
    role: Make, session: Make, signed: Make, client: Make, aws: Instance
) -> None:
    role_arn = role(
        allow("sqs:ListQueues", "SNS:list*", Sid="Look"), allow("sqs:ListQueues", "sqs:SendMesage")
    )
    keys = session(role_arn)
    signed("sqs", keys).list_queues()
    signed("sns", keys).list_topics()
    granted = usage.grants(client("iam"), role_arn.rpartition("/")[2])
    left = [(grant.statement, grant.action) for grant in usage.unused(granted, aws.calls)]
    assert left == [("1", "sqs:ListQueues"), ("1", "sqs:SendMesage")]
    assert [grant.action for grant in usage.unknown(granted)] == ["sqs:SendMesage"]
