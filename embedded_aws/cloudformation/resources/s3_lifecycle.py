"""Lifecycle rules of buckets, which CloudFormation and the S3 API write differently."""

from __future__ import annotations

from typing import Any

from embedded_aws.cloudformation.errors import ResourceFailure

_FILTERS = ("Prefix", "TagFilters", "ObjectSizeGreaterThan", "ObjectSizeLessThan")
_EXPIRATION = {
    "ExpirationInDays": "Days",
    "ExpirationDate": "Date",
    "ExpiredObjectDeleteMarker": "ExpiredObjectDeleteMarker",
}
_TRANSITION = {
    "StorageClass": "StorageClass",
    "TransitionInDays": "Days",
    "TransitionDate": "Date",
}
_NONCURRENT_TRANSITION = {
    "StorageClass": "StorageClass",
    "TransitionInDays": "NoncurrentDays",
    "NewerNoncurrentVersions": "NewerNoncurrentVersions",
}
_KNOWN = {
    "AbortIncompleteMultipartUpload",
    "Id",
    "NoncurrentVersionExpiration",
    "NoncurrentVersionExpirationInDays",
    "NoncurrentVersionTransitions",
    "Status",
    "Transitions",
    *_EXPIRATION,
    *_FILTERS,
}

Rule = dict[str, Any]


def lifecycle_rules(configuration: Rule) -> Rule:
    """``LifecycleConfiguration`` as PutBucketLifecycleConfiguration takes it.

    Raises:
        ResourceFailure: a rule has a member that is not translated.
    """
    other = sorted(configuration.keys() - {"Rules"})
    if other:
        raise ResourceFailure(f"the embedded AWS does not support LifecycleConfiguration {other}")
    return {"Rules": [_rule(rule) for rule in configuration["Rules"]]}


def _rule(rule: Rule) -> Rule:
    unknown = sorted(rule.keys() - _KNOWN)
    if unknown:
        raise ResourceFailure(f"the embedded AWS does not support lifecycle rules with {unknown}")
    translated = {
        "ID": rule.get("Id"),
        "Status": rule["Status"],
        "Filter": _filter(rule),
        "Expiration": _renamed(rule, _EXPIRATION),
        "NoncurrentVersionExpiration": _noncurrent_expiration(rule),
        "Transitions": [_renamed(item, _TRANSITION) for item in rule.get("Transitions", [])],
        "NoncurrentVersionTransitions": [
            _renamed(item, _NONCURRENT_TRANSITION)
            for item in rule.get("NoncurrentVersionTransitions", [])
        ],
        "AbortIncompleteMultipartUpload": rule.get("AbortIncompleteMultipartUpload"),
    }
    return {name: value for name, value in translated.items() if value or name == "Filter"}


def _filter(rule: Rule) -> Rule:
    parts = {name: rule[name] for name in _FILTERS if name in rule}
    tags = parts.pop("TagFilters", [])
    if not parts and len(tags) == 1:
        return {"Tag": tags[0]}
    if len(parts) == 1 and not tags:
        return parts
    if not parts and not tags:
        return {"Prefix": ""}
    return {"And": {**parts, **({"Tags": tags} if tags else {})}}


def _noncurrent_expiration(rule: Rule) -> Rule | None:
    if "NoncurrentVersionExpirationInDays" in rule:
        return {"NoncurrentDays": rule["NoncurrentVersionExpirationInDays"]}
    return rule.get("NoncurrentVersionExpiration")


def _renamed(rule: Rule, names: dict[str, str]) -> Rule:
    return {new: rule[old] for old, new in names.items() if old in rule}
