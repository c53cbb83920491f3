"""Resources and requests that the tests of stacks are made of."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

QUEUE = {"Type": "AWS::SQS::Queue"}
# A policy for a role that does not exist stops any deployment when its turn comes.
BROKEN = {
    "Type": "AWS::IAM::Policy",
    "Properties": {
        "PolicyName": "p",
        "Roles": ["no-such-role"],
        "PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]},
    },
}


def queue(**properties: Any) -> dict[str, Any]:
    return {**QUEUE, "Properties": properties}


def request(name: str, resources: Any) -> dict[str, str]:
    return {"StackName": name, "TemplateBody": json.dumps({"Resources": resources})}


def timeout_of(client: Callable[[str], Any], url: str) -> str:
    sqs = client("sqs")
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])
    return str(found["Attributes"]["VisibilityTimeout"])
