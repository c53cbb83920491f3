"""A package onto an endpoint, against the embedded registry and endpoints."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
import xgboost

from embedded_aws.instance import Instance
from night.deployment import Target, deploy
from night.errors import EndpointBusy

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "sagemaker.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


@cache
def model_archive() -> bytes:
    """A model.tar.gz that the container can load; nobody is to score with it."""
    rows = xgboost.DMatrix(np.array([[0.0], [1.0]]), np.array([0.0, 1.0]))
    model = xgboost.train({"objective": "binary:logistic"}, rows, num_boost_round=1).save_raw()
    member = tarfile.TarInfo("xgboost-model")
    member.size = len(model)
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as members:
        members.addfile(member, io.BytesIO(model))
    return archive.getvalue()


@pytest.fixture(scope="module")
def role_arn(client: Callable[[str], Any]) -> str:
    role = client("iam").create_role(RoleName="serving", AssumeRolePolicyDocument=json.dumps(TRUST))
    reading = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*"}
    client("iam").put_role_policy(
        RoleName="serving",
        PolicyName="read",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": reading}),
    )
    client("s3").create_bucket(Bucket="models")
    return str(role["Role"]["Arn"])


@pytest.fixture
def target(role_arn: str) -> Target:
    return Target(f"candidate-{uuid4().hex[:8]}", role_arn, 2048, 5)


@pytest.fixture
def sagemaker(client: Callable[[str], Any]) -> Any:
    return client("sagemaker")


@pytest.fixture
def registered(client: Callable[[str], Any], sagemaker: Any) -> Callable[[str], str]:
    """Register a package in a group, which is made if it is new."""

    def register(group: str) -> str:
        if not sagemaker.list_model_package_groups(NameContains=group)[
            "ModelPackageGroupSummaryList"
        ]:
            sagemaker.create_model_package_group(ModelPackageGroupName=group)
        key = f"{uuid4()}/model.tar.gz"
        client("s3").put_object(Bucket="models", Key=key, Body=model_archive())
        container = {"Image": IMAGE, "ModelDataUrl": f"s3://models/{key}"}
        created = sagemaker.create_model_package(
            ModelPackageGroupName=group,
            InferenceSpecification={
                "Containers": [container],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
            },
        )
        return str(created["ModelPackageArn"])

    return register


@pytest.fixture
def in_service(aws: Instance) -> Callable[[], None]:
    """Let the endpoint's change come to its end."""

    def wait() -> None:
        clock = aws.environment.clock
        clock.advance_to(clock.now() + timedelta(hours=1))

    return wait


Registered = Callable[[str], str]
InService = Callable[[], None]


def model_data(sagemaker: Any, name: str) -> str:
    return str(sagemaker.describe_model(ModelName=name)["PrimaryContainer"]["ModelDataUrl"])


def package_data(sagemaker: Any, arn: str) -> str:
    package = sagemaker.describe_model_package(ModelPackageName=arn)
    return str(package["InferenceSpecification"]["Containers"][0]["ModelDataUrl"])


def test_the_endpoint_serves_the_packages_own_model(
    sagemaker: Any, target: Target, registered: Registered
) -> None:
    package = registered("own-model")
    deployed = deploy(sagemaker, package, target)
    described = sagemaker.describe_endpoint(EndpointName=target.endpoint_name)
    assert described["EndpointConfigName"] == deployed.endpoint_config_name == "own-model-v1"
    assert model_data(sagemaker, "own-model-v1") == package_data(sagemaker, package)


def test_repeating_it_changes_nothing(
    sagemaker: Any, target: Target, registered: Registered
) -> None:
    package = registered("repeated")
    assert deploy(sagemaker, package, target) == deploy(sagemaker, package, target)


def test_a_newer_version_replaces_an_older_one_but_never_the_other_way_round(
    sagemaker: Any, target: Target, registered: Registered, in_service: InService
) -> None:
    """An old night that is redriven must not take the endpoint back."""
    older, newer = registered("ordered"), registered("ordered")
    deploy(sagemaker, older, target)
    in_service()
    assert deploy(sagemaker, newer, target).endpoint_config_name == "ordered-v2"
    in_service()
    again = deploy(sagemaker, older, target)
    assert (again.is_superseded, again.endpoint_config_name) == (True, "ordered-v2")


def test_a_group_made_anew_counts_from_one_and_is_not_taken_for_the_old_one(
    sagemaker: Any, target: Target, registered: Registered, in_service: InService
) -> None:
    """`sam delete` keeps the endpoint; a new stack has a new group with versions from 1."""
    deploy(sagemaker, registered("stack-aaaaaaaa"), target)
    in_service()
    fresh = registered("stack-bbbbbbbb")
    deployed = deploy(sagemaker, fresh, target)
    assert deployed.endpoint_config_name == "stack-bbbbbbbb-v1"
    assert model_data(sagemaker, "stack-bbbbbbbb-v1") == package_data(sagemaker, fresh)


def test_an_endpoint_that_is_changing_is_busy(
    sagemaker: Any, target: Target, registered: Registered
) -> None:
    older, newer = registered("busy"), registered("busy")
    deploy(sagemaker, older, target)
    with pytest.raises(EndpointBusy, match=target.endpoint_name):
        deploy(sagemaker, newer, target)
