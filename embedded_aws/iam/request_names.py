"""Requests name their resources by URLs, ids, nicknames and parts; here by the ARN formats' words.

Each service's function adds to a request's parameters what the placeholders of its resource
types ask for; what is equal by name already needs none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from embedded_aws.gateway.call import Call

Names = dict[str, Any]
_ARN_PARTS = 6


def names_of(call: Call) -> Names:
    """The parameters of a call, and its resources by the names that ARN formats use."""
    names = dict(call.parameters)
    adding = _BY_SERVICE.get(call.service)
    return {**names, **adding(call.operation, names)} if adding else names


def _s3(_operation: str, names: Mapping[str, Any]) -> Names:
    return _present({"BucketName": names.get("Bucket"), "ObjectName": names.get("Key")})


def _sqs(_operation: str, names: Mapping[str, Any]) -> Names:
    url = names.get("QueueUrl")
    return {"QueueName": url.rsplit("/", 1)[-1]} if url else {}


def _sns(operation: str, names: Mapping[str, Any]) -> Names:
    subscription = names.get("SubscriptionArn")
    if subscription:
        return {"TopicArn": ":".join(subscription.split(":")[:_ARN_PARTS]), "SubscriptionArn": ""}
    return {"TopicName": names["Name"]} if operation == "CreateTopic" else {}


def _kms(_operation: str, names: Mapping[str, Any]) -> Names:
    alias = names.get("AliasName", "").removeprefix("alias/")
    keys = [names.get(name) for name in ("KeyId", "TargetKeyId", "SourceKeyId", "DestinationKeyId")]
    return _present({"Alias": alias or None, "KeyId": [key for key in keys if key] or None})


def _lambda(_operation: str, names: Mapping[str, Any]) -> Names:
    function = names.get("FunctionName", "")
    if function.startswith("arn:"):
        function = function.split(":", _ARN_PARTS)[-1]
    qualifier = names.get("Qualifier")
    if function and qualifier and ":" not in function.removeprefix("function:"):
        function = f"{function}:{qualifier}"
    # A partial ARN is <account>:function:<name>.
    return _present({"FunctionName": function.rpartition("function:")[2] or None}) | _layer(names)


def _layer(names: Mapping[str, Any]) -> Names:
    layer = names.get("LayerName", "")
    plain = layer.rpartition("layer:")[2] if layer.startswith("arn:") else layer
    return _present({"LayerName": plain or None, "LayerVersion": names.get("VersionNumber")})


def _stepfunctions(operation: str, names: Mapping[str, Any]) -> Names:
    # "Step Functions uses the state machine's ARN instead of using the version ARN or alias
    # ARN" (developer guide, Authorization for versions and aliases).
    routes = names.get("routingConfiguration") or [{}]
    qualified = [names.get(name, "") for name in _QUALIFIED] + [
        routes[0].get("stateMachineVersionArn", "")
    ]
    found = [arn.split(":")[_ARN_PARTS] for arn in qualified if ":stateMachine:" in arn]
    added = dict.fromkeys(_QUALIFIED, "") if found else {}
    if operation == "CreateStateMachine":
        found = [names["name"]]
    return {**added, "StateMachineName": found[0]} if found else {}


_QUALIFIED = ("stateMachineArn", "stateMachineAliasArn", "stateMachineVersionArn", "resourceArn")


def _events(operation: str, names: Mapping[str, Any]) -> Names:
    if operation == "PutEvents":
        return {
            "EventBusName": [entry.get("EventBusName", "default") for entry in names["Entries"]]
        }
    if operation.endswith("PartnerEventSource"):
        return {"EventSourceName": names["Name"]}
    bus = names.get("EventBusName", "default").rpartition("/")[2]
    rule = names.get("Rule") or (names.get("Name") if operation.endswith("Rule") else None)
    if rule is None:
        return {}
    # A rule on the default bus has no bus in its ARN.
    return {"RuleName": rule, "EventBusName": "" if bus == "default" else bus}


def _scheduler(operation: str, names: Mapping[str, Any]) -> Names:
    name = names.get("Name")
    if operation.endswith("ScheduleGroup"):
        return {"GroupName": name}
    return {"ScheduleName": name, "GroupName": names.get("GroupName", "default")} if name else {}


def _logs(_operation: str, names: Mapping[str, Any]) -> Names:
    given = names.get("logGroupName") or names.get("logGroupIdentifier")
    groups = [given] if given else names.get("logGroupIdentifiers") or []
    plain = [group.rpartition("log-group:")[2].removesuffix(":*") for group in groups]
    added = {"LogGroupName": plain or None, "DeliveryName": names.get("id")}
    name = names.get("name")
    return _present({**added, "DeliverySourceName": name, "DeliveryDestinationName": name})


def _cloudwatch(_operation: str, names: Mapping[str, Any]) -> Names:
    return _present({"InsightRuleName": names.get("RuleName") or names.get("RuleNames")})


def _iam(operation: str, names: Mapping[str, Any]) -> Names:
    added = {
        "OidcProviderName": names.get("Url", "").rpartition("//")[2] or None,
        "MfaTokenIdWithPath": names.get("VirtualMFADeviceName"),
        "CertificateNameWithPath": names.get("ServerCertificateName"),
        "SamlProviderName": names.get("Name"),
    }
    if operation == "CreateServiceLinkedRole":
        principal = names["AWSServiceName"]
        # The role's own name is the service's choice.
        added["RoleNameWithPath"] = f"aws-service-role/{principal}/*"
    elif path := names.get("Path", "").lstrip("/"):
        kinds = ("User", "Role", "Group", "Policy", "InstanceProfile")
        for kind in [kind for kind in kinds if f"{kind}Name" in names]:
            added[f"{kind}NameWithPath"] = path + names[f"{kind}Name"]
    return _present(added)


def _ssm(_operation: str, names: Mapping[str, Any]) -> Names:
    paths = names.get("Names") or names.get("Name") or names.get("Path")
    listed = [paths] if isinstance(paths, str) else paths
    added = {
        "ParameterNameWithoutLeadingSlash": [path.lstrip("/") for path in listed or []] or None,
        "ResourceId": names.get("WindowId") or names.get("ResourceId"),
        "PatchBaselineIdResourceId": names.get("BaselineId"),
        "DocumentName": names.get("Name"),
    }
    return _present(added)


def _sagemaker(operation: str, names: Mapping[str, Any]) -> Names:
    group = names.get("ModelPackageGroupName")
    if operation == "CreateModelPackage" and group:
        # A version belongs to its group: model-package/<group>/<version to come>.
        return {"ModelPackageName": f"{group.rpartition('/')[2]}/*"}
    if operation == "ListModelPackages" and group:
        return {"ModelPackageName": f"{group.rpartition('/')[2]}/*"}
    return {}


def _present(values: Mapping[str, Any]) -> Names:
    return {name: value for name, value in values.items() if value is not None}


_BY_SERVICE: Mapping[str, Callable[[str, Mapping[str, Any]], Names]] = {
    "cloudwatch": _cloudwatch,
    "events": _events,
    "iam": _iam,
    "kms": _kms,
    "lambda": _lambda,
    "logs": _logs,
    "s3": _s3,
    "sagemaker": _sagemaker,
    "scheduler": _scheduler,
    "sns": _sns,
    "sqs": _sqs,
    "ssm": _ssm,
    "stepfunctions": _stepfunctions,
}
