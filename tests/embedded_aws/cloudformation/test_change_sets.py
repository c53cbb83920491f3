"""Change sets: what they say will change, what they refuse, and what executing them does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

QUEUE = {"Type": "AWS::SQS::Queue"}
SAM = "AWS::Serverless-2016-10-31"


def queue(**properties: Any) -> dict[str, Any]:
    return {**QUEUE, "Properties": properties}


def propose(stacks: Any, name: str, resources: Any, **more: Any) -> Any:
    """Create a change set named ``change`` and describe it."""
    sections = {key: more.pop(key) for key in ("Outputs", "Transform") if key in more}
    arguments = {
        "StackName": name,
        "ChangeSetName": "change",
        "TemplateBody": json.dumps({"Resources": resources, **sections}),
        **more,
    }
    stacks.cloudformation.create_change_set(**arguments)
    return stacks.cloudformation.describe_change_set(StackName=name, ChangeSetName="change")


def execute(stacks: Any, name: str) -> str:
    stacks.cloudformation.execute_change_set(StackName=name, ChangeSetName="change")
    return str(stacks.described(name)["StackStatus"])


def changes(change_set: Any) -> dict[str, tuple[str, str | None]]:
    """By logical id: action and replacement."""
    found = [item["ResourceChange"] for item in change_set["Changes"]]
    return {
        change["LogicalResourceId"]: (change["Action"], change.get("Replacement"))
        for change in found
    }


def details(change_set: Any, logical_id: str) -> list[tuple[Any, ...]]:
    change = next(
        item["ResourceChange"]
        for item in change_set["Changes"]
        if item["ResourceChange"]["LogicalResourceId"] == logical_id
    )
    return [
        (
            detail["Target"]["Attribute"],
            detail["Target"].get("Name"),
            detail["Target"]["RequiresRecreation"],
            detail["Evaluation"],
        )
        for detail in change["Details"]
    ]


def test_a_new_stack_is_under_review_until_its_change_set_is_executed(stacks: Any) -> None:
    change_set = propose(stacks, "reviewed", {"Q": QUEUE}, ChangeSetType="CREATE")
    assert (change_set["Status"], change_set["ExecutionStatus"]) == (
        "CREATE_COMPLETE",
        "AVAILABLE",
    )
    assert changes(change_set) == {"Q": ("Add", None)}
    assert stacks.described("reviewed")["StackStatus"] == "REVIEW_IN_PROGRESS"
    assert execute(stacks, "reviewed") == "CREATE_COMPLETE"
    assert stacks.events("reviewed")[:2] == [
        ("reviewed", "REVIEW_IN_PROGRESS"),
        ("reviewed", "CREATE_IN_PROGRESS"),
    ]


def test_a_stack_under_review_can_be_deleted(stacks: Any) -> None:
    propose(stacks, "abandoned", {"Q": QUEUE}, ChangeSetType="CREATE")
    assert stacks.delete("abandoned") == "DELETE_COMPLETE"


def test_additions_modifications_and_removals_are_listed(stacks: Any) -> None:
    stacks.create("listed", {"Stays": QUEUE, "Changes": queue(DelaySeconds=1), "Goes": QUEUE})
    change_set = propose(
        stacks, "listed", {"Stays": QUEUE, "Changes": queue(DelaySeconds=2), "Comes": QUEUE}
    )
    assert changes(change_set) == {
        "Changes": ("Modify", "False"),
        "Comes": ("Add", None),
        "Goes": ("Remove", None),
    }
    assert details(change_set, "Changes") == [("Properties", "DelaySeconds", "Never", "Static")]


def test_a_replacement_is_foretold(stacks: Any) -> None:
    stacks.create("foretold", {"Q": queue(QueueName="a")})
    change_set = propose(stacks, "foretold", {"Q": queue(QueueName="b")})
    assert changes(change_set) == {"Q": ("Modify", "True")}
    assert details(change_set, "Q") == [("Properties", "QueueName", "Always", "Static")]


def test_what_refers_to_a_replaced_resource_may_change(stacks: Any) -> None:
    """Its new value is known only after deployment."""
    dependent = queue(QueueName={"Fn::Sub": "${A.QueueName}-b"})
    tagged = queue(Tags=[{"Key": "a", "Value": {"Ref": "A"}}])
    stacks.create("dynamic", {"A": queue(QueueName="dynamic"), "B": dependent, "C": tagged})
    renamed = {"A": queue(QueueName="static"), "B": dependent, "C": tagged}
    change_set = propose(stacks, "dynamic", renamed)
    assert changes(change_set) == {
        "A": ("Modify", "True"),
        "B": ("Modify", "Conditional"),
        "C": ("Modify", "False"),
    }
    assert details(change_set, "B") == [("Properties", "QueueName", "Conditionally", "Dynamic")]
    assert details(change_set, "C") == [("Tags", None, "Never", "Dynamic")]


def test_what_refers_to_a_resource_changed_in_place_does_not_change(stacks: Any) -> None:
    arn = {"Fn::GetAtt": ["A", "Arn"]}
    dependent = queue(Tags=[{"Key": "a", "Value": {"Ref": "A"}}, {"Key": "b", "Value": arn}])
    stacks.create("in-place", {"A": queue(DelaySeconds=1), "B": dependent})
    change_set = propose(stacks, "in-place", {"A": queue(DelaySeconds=2), "B": dependent})
    assert changes(change_set) == {"A": ("Modify", "False")}


def test_an_attribute_that_an_update_changes_is_not_foretold(stacks: Any) -> None:
    def parameter(value: str) -> dict[str, Any]:
        return {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": value}}

    dependent = queue(Tags=[{"Key": "a", "Value": {"Fn::GetAtt": ["P", "Value"]}}])
    stacks.create("changing", {"P": parameter("one"), "Q": dependent})
    change_set = propose(stacks, "changing", {"P": parameter("two"), "Q": dependent})
    assert details(change_set, "Q") == [("Tags", None, "Never", "Dynamic")]
    assert execute(stacks, "changing") == "UPDATE_COMPLETE"


def test_metadata_and_policies_are_changes_too(stacks: Any) -> None:
    stacks.create("about", {"Q": QUEUE})
    about = {"Metadata": {"Owner": "me"}, "DeletionPolicy": "Retain"}
    change_set = propose(stacks, "about", {"Q": {**QUEUE, **about}})
    assert details(change_set, "Q") == [
        ("Metadata", None, "Never", "Static"),
        ("DeletionPolicy", None, "Never", "Static"),
    ]
    assert execute(stacks, "about") == "UPDATE_COMPLETE"
    assert ("Q", "UPDATE_IN_PROGRESS") not in stacks.events("about")
    stack_id = stacks.described("about")["StackId"]
    assert stacks.delete("about") == "DELETE_COMPLETE"
    assert ("Q", "DELETE_SKIPPED") in stacks.events(stack_id)


def test_without_changes_a_change_set_fails_in_the_words_that_clients_know(stacks: Any) -> None:
    stacks.create("unchanged", {"Q": QUEUE})
    change_set = propose(stacks, "unchanged", {"Q": QUEUE})
    assert change_set["Status"] == "FAILED"
    assert change_set["StatusReason"].startswith("The submitted information didn't contain changes")
    with pytest.raises(ClientError, match="cannot be executed in its current status"):
        execute(stacks, "unchanged")


def test_outputs_alone_are_a_change(stacks: Any) -> None:
    stacks.create("new-output", {"Q": QUEUE})
    change_set = propose(
        stacks, "new-output", {"Q": QUEUE}, Outputs={"Url": {"Value": {"Ref": "Q"}}}
    )
    assert (change_set["Status"], change_set["Changes"]) == ("CREATE_COMPLETE", [])
    assert execute(stacks, "new-output") == "UPDATE_COMPLETE"
    assert "Url" in stacks.outputs("new-output")


def test_properties_that_break_their_schema_fail_the_change_set(stacks: Any) -> None:
    change_set = propose(stacks, "early", {"Q": queue(DelaySeconds="x")}, ChangeSetType="CREATE")
    assert change_set["Status"] == "FAILED"
    assert "Properties validation failed for resource Q" in change_set["StatusReason"]


def test_a_template_error_fails_the_call(stacks: Any) -> None:
    with pytest.raises(ClientError, match="Unrecognized resource types"):
        propose(stacks, "wrong", {"Q": {"Type": "AWS::SQS::Cue"}}, ChangeSetType="CREATE")
    with pytest.raises(ClientError, match="Stack with id wrong does not exist"):
        stacks.described("wrong")


def test_with_a_transform_a_template_error_fails_the_change_set(stacks: Any) -> None:
    """AWS answers before it expands the template."""
    wrong = {"F": {"Type": "AWS::Serverless::Function", "Properties": {"Colour": "red"}}}
    change_set = propose(stacks, "wrong-sam", wrong, ChangeSetType="CREATE", Transform=SAM)
    assert change_set["Status"] == "FAILED"
    assert f"Transform {SAM} failed with" in change_set["StatusReason"]


def test_roles_made_by_a_transform_must_be_acknowledged(stacks: Any) -> None:
    function = {
        "Type": "AWS::Serverless::Function",
        "Properties": {"InlineCode": "x", "Handler": "index.x", "Runtime": "python3.13"},
    }
    change_set = propose(
        stacks, "no-capability", {"F": function}, ChangeSetType="CREATE", Transform=SAM
    )
    assert (change_set["Status"], change_set["StatusReason"]) == (
        "FAILED",
        "Requires capabilities : [CAPABILITY_IAM]",
    )


def test_a_resource_cannot_change_its_type(stacks: Any) -> None:
    stacks.create("retyped", {"X": QUEUE})
    with pytest.raises(ClientError, match="Update of resource type is not permitted"):
        propose(stacks, "retyped", {"X": {"Type": "AWS::SNS::Topic"}})


def test_a_change_set_for_a_stack_that_does_not_exist_must_create_it(stacks: Any) -> None:
    with pytest.raises(ClientError, match=r"Stack \[nowhere\] does not exist"):
        propose(stacks, "nowhere", {"Q": QUEUE})


def test_a_stack_that_exists_is_not_created_again(stacks: Any) -> None:
    stacks.create("existing", {"Q": QUEUE})
    with pytest.raises(ClientError, match="already exists and cannot be created again"):
        propose(stacks, "existing", {"Q": QUEUE}, ChangeSetType="CREATE")


def test_a_change_set_name_is_taken_until_it_is_executed_or_deleted(stacks: Any) -> None:
    stacks.create("named", {"Q": queue(DelaySeconds=1)})
    propose(stacks, "named", {"Q": queue(DelaySeconds=2)})
    with pytest.raises(ClientError, match="ChangeSet change already exists"):
        propose(stacks, "named", {"Q": queue(DelaySeconds=2)})
    stacks.cloudformation.delete_change_set(StackName="named", ChangeSetName="change")
    propose(stacks, "named", {"Q": queue(DelaySeconds=2)})
    assert execute(stacks, "named") == "UPDATE_COMPLETE"
    propose(stacks, "named", {"Q": queue(DelaySeconds=3)})


def test_executing_a_change_set_drops_the_others(stacks: Any) -> None:
    stacks.create("moved-on", {"Q": queue(DelaySeconds=1)})
    other = propose(stacks, "moved-on", {"Q": queue(DelaySeconds=2)}, ChangeSetName="change")
    stacks.cloudformation.create_change_set(
        StackName="moved-on",
        ChangeSetName="second",
        TemplateBody=json.dumps({"Resources": {"Q": queue(DelaySeconds=3)}}),
    )
    listed = stacks.cloudformation.list_change_sets(StackName="moved-on")["Summaries"]
    assert [item["ChangeSetName"] for item in listed] == ["second", "change"]
    execute(stacks, "moved-on")
    assert stacks.cloudformation.list_change_sets(StackName="moved-on")["Summaries"] == []
    with pytest.raises(ClientError, match="ChangeSetNotFound"):
        stacks.cloudformation.describe_change_set(StackName="moved-on", ChangeSetName="second")
    done = stacks.cloudformation.describe_change_set(ChangeSetName=other["ChangeSetId"])
    assert done["ExecutionStatus"] == "EXECUTE_COMPLETE"


def test_a_change_set_decides_what_happens_on_failure(stacks: Any) -> None:
    broken = {"T": {"Type": "AWS::SQS::QueuePolicy", "Properties": {"Queues": ["http://x/1/q"]}}}
    broken["T"]["Properties"]["PolicyDocument"] = {"Statement": []}  # type: ignore[assignment]
    propose(stacks, "decided", broken, ChangeSetType="CREATE", OnStackFailure="DO_NOTHING")
    assert execute(stacks, "decided") == "CREATE_FAILED"


def test_importing_resources_is_refused_by_name(stacks: Any) -> None:
    with pytest.raises(ClientError, match="does not support IMPORT"):
        propose(stacks, "imported", {"Q": QUEUE}, ChangeSetType="IMPORT")


def test_parameters_tags_and_capabilities_are_described(stacks: Any) -> None:
    template = {
        "Parameters": {"Secret": {"Type": "String", "NoEcho": True}, "Open": {"Type": "String"}},
        "Resources": {"Q": QUEUE},
    }
    stacks.cloudformation.create_change_set(
        StackName="described",
        ChangeSetName="change",
        ChangeSetType="CREATE",
        TemplateBody=json.dumps(template),
        Parameters=[
            {"ParameterKey": "Secret", "ParameterValue": "hush"},
            {"ParameterKey": "Open", "ParameterValue": "loud"},
        ],
        Tags=[{"Key": "k", "Value": "v"}],
        Capabilities=["CAPABILITY_IAM"],
    )
    found = stacks.cloudformation.describe_change_set(StackName="described", ChangeSetName="change")
    assert found["Parameters"] == [
        {"ParameterKey": "Secret", "ParameterValue": "****"},
        {"ParameterKey": "Open", "ParameterValue": "loud"},
    ]
    assert found["Tags"] == [{"Key": "k", "Value": "v"}]
    assert found["Capabilities"] == ["CAPABILITY_IAM"]
