"""AWS::IAM::Role, AWS::IAM::Policy and AWS::IAM::ManagedPolicy."""

from __future__ import annotations

from typing import Any

BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
READ_ONLY = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"


def trust(service: str) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": f"{service}.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }


def allow(action: str) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}


def role(**properties: Any) -> dict[str, Any]:
    merged = {"AssumeRolePolicyDocument": trust("lambda"), **properties}
    return {"Type": "AWS::IAM::Role", "Properties": merged}


def policy(name: str, action: str) -> dict[str, Any]:
    return {"PolicyName": name, "PolicyDocument": allow(action)}


def inline_policies(iam: Any, name: str) -> dict[str, str]:
    names = iam.list_role_policies(RoleName=name)["PolicyNames"]
    found = {
        policy: iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        for policy in names
    }
    return {policy: document["Statement"][0]["Action"] for policy, document in found.items()}


def attached(iam: Any, name: str) -> set[str]:
    listed = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    return {item["PolicyArn"] for item in listed}


def test_a_role_has_its_trust_and_permissions(stacks: Any, client: Any) -> None:
    stacks.create(
        "entitled",
        {
            "R": role(
                Path="/app/",
                Description="d",
                MaxSessionDuration=7200,
                ManagedPolicyArns=[BASIC],
                Policies=[policy("a", "s3:GetObject")],
                Tags=[{"Key": "k", "Value": "v"}],
            )
        },
        Outputs={"Arn": {"Value": {"Fn::GetAtt": ["R", "Arn"]}}},
    )
    iam, name = client("iam"), stacks.physical_id("entitled", "R")
    found = iam.get_role(RoleName=name)["Role"]
    assert found["Arn"] == stacks.outputs("entitled")["Arn"]
    assert (found["Path"], found["Description"]) == ("/app/", "d")
    assert found["MaxSessionDuration"] == 7200
    assert found["AssumeRolePolicyDocument"] == trust("lambda")
    assert found["Tags"] == [{"Key": "k", "Value": "v"}]
    assert inline_policies(iam, name) == {"a": "s3:GetObject"}
    assert attached(iam, name) == {BASIC}


def test_an_update_leaves_exactly_what_the_template_says(stacks: Any, client: Any) -> None:
    before = role(
        ManagedPolicyArns=[BASIC],
        Policies=[policy("a", "s3:GetObject"), policy("b", "s3:PutObject")],
        Tags=[{"Key": "k", "Value": "v"}],
        PermissionsBoundary=READ_ONLY,
    )
    stacks.create("reduced", {"R": before})
    after = role(
        AssumeRolePolicyDocument=trust("states"),
        ManagedPolicyArns=[READ_ONLY],
        Policies=[policy("b", "s3:DeleteObject")],
        Description="new",
    )
    stacks.update("reduced", {"R": after})
    iam, name = client("iam"), stacks.physical_id("reduced", "R")
    found = iam.get_role(RoleName=name)["Role"]
    assert found["AssumeRolePolicyDocument"] == trust("states")
    assert found["Description"] == "new"
    assert found.get("Tags", []) == []
    assert "PermissionsBoundary" not in found
    assert inline_policies(iam, name) == {"b": "s3:DeleteObject"}
    assert attached(iam, name) == {READ_ONLY}


def test_a_role_is_deleted_with_its_permissions(stacks: Any, client: Any, is_gone: Any) -> None:
    resources = {"R": role(ManagedPolicyArns=[BASIC], Policies=[policy("a", "s3:GetObject")])}
    stacks.create("dropped", resources)
    name = stacks.physical_id("dropped", "R")
    assert stacks.delete("dropped") == "DELETE_COMPLETE"
    assert is_gone(lambda: client("iam").get_role(RoleName=name))


def test_a_role_that_could_not_be_completed_leaves_nothing_behind(stacks: Any, client: Any) -> None:
    missing = "arn:aws:iam::aws:policy/NoSuchPolicy"
    stack = stacks.create("incomplete", {"R": role(ManagedPolicyArns=[BASIC, missing])})
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert missing in stacks.failures("incomplete")
    names = [item["RoleName"] for item in client("iam").list_roles()["Roles"]]
    assert not [name for name in names if name.startswith("incomplete")]


def test_an_inline_policy_follows_its_roles(stacks: Any, client: Any) -> None:
    def shared(name: str, *roles: str) -> dict[str, Any]:
        properties = {**policy(name, "s3:*"), "Roles": [{"Ref": item} for item in roles]}
        return {"Type": "AWS::IAM::Policy", "Properties": properties}

    roles = {"A": role(), "B": role()}
    stacks.create("shared", {**roles, "P": shared("p", "A")})
    iam = client("iam")
    a, b = (stacks.physical_id("shared", name) for name in "AB")
    assert inline_policies(iam, a) == {"p": "s3:*"}
    stacks.update("shared", {**roles, "P": shared("q", "A", "B")})
    assert inline_policies(iam, a) == inline_policies(iam, b) == {"q": "s3:*"}
    stacks.update("shared", {**roles, "P": shared("q", "B")})
    assert inline_policies(iam, a) == {}
    stacks.update("shared", roles)
    assert inline_policies(iam, b) == {}


def test_a_managed_policy_keeps_at_most_five_versions(
    stacks: Any, client: Any, is_gone: Any
) -> None:
    def managed(action: str) -> dict[str, Any]:
        properties = {"PolicyDocument": allow(action), "Roles": [{"Ref": "R"}]}
        return {"M": {"Type": "AWS::IAM::ManagedPolicy", "Properties": properties}, "R": role()}

    stacks.create("managed", managed("s3:Get0"))
    iam, arn = client("iam"), stacks.physical_id("managed", "M")
    for number in range(1, 7):
        stacks.update("managed", managed(f"s3:Get{number}"))
    versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
    (current,) = [item["VersionId"] for item in versions if item["IsDefaultVersion"]]
    document = iam.get_policy_version(PolicyArn=arn, VersionId=current)["PolicyVersion"]
    assert document["Document"]["Statement"][0]["Action"] == "s3:Get6"
    assert len(versions) == 5
    assert attached(iam, stacks.physical_id("managed", "R")) == {arn}
    assert stacks.delete("managed") == "DELETE_COMPLETE"
    assert is_gone(lambda: iam.get_policy(PolicyArn=arn))
