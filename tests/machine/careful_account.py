"""What a careful account has ready before it deploys, and the parameters that name it."""

from __future__ import annotations

import json

from docs.generate import ROOT
from tests.machine.application import STACK_NAME, Application

ACCOUNT, REGION = "123456789012", "us-east-1"
OPERATOR, STRANGER = "lineage-operator", "somebody-else"
NETWORK = {"Subnets": ["subnet-0a1b2c3d", "subnet-4e5f6a7b"], "SecurityGroupIds": ["sg-0a1b2c3d"]}
_SERVICES = (
    *("cloudwatch", "ec2", "ecr", "events", "iam", "kms", "lambda", "logs", "s3", "sagemaker"),
    *("sns", "sqs", "states", "xray"),
)


def prepare(application: Application) -> dict[str, str]:
    """Make a key with the documented policy, a boundary, and two roles of people."""
    for name in (OPERATOR, STRANGER):
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}
        application.client("iam").create_role(
            RoleName=name, AssumeRolePolicyDocument=_document(trust)
        )
    return {
        "KmsKeyArn": _key(application),
        "PermissionsBoundaryArn": _boundary(application),
        "OperatorRoleName": OPERATOR,
        "SubnetIds": ",".join(NETWORK["Subnets"]),
        "SecurityGroupIds": ",".join(NETWORK["SecurityGroupIds"]),
        "JobLogRetentionDays": "30",
    }


def _key(application: Application) -> str:
    policy = (ROOT / "docs" / "key-policy.json").read_text()
    for word, value in (("ACCOUNT", ACCOUNT), ("REGION", REGION), ("STACK", STACK_NAME)):
        policy = policy.replace(word, value)
    key = application.client("kms").create_key(Policy=policy)["KeyMetadata"]
    return str(key["Arn"])


def _boundary(application: Application) -> str:
    allowed = [f"{service}:*" for service in _SERVICES]
    made = application.client("iam").create_policy(
        PolicyName="boundary",
        PolicyDocument=_document({"Effect": "Allow", "Action": allowed, "Resource": "*"}),
    )
    return str(made["Policy"]["Arn"])


def _document(statement: dict[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
