"""The tags of resources, for ``aws:ResourceTag``: asked for only when a policy depends on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from embedded_aws.clients import ClientFactory
from embedded_aws.iam.condition_keys import Tags, UnevaluatedKey

_ARN_PARTS = 5


class ResourceTags:
    """Looks tags up through the services' own APIs, as AWS itself."""

    def __init__(self, clients: ClientFactory) -> None:
        self._clients = clients

    def of(self, resource: str) -> Tags:
        """The tags of a resource; none when there is no such resource.

        Raises:
            UnevaluatedKey: the tags of its service's resources cannot be looked up here.
        """
        parts = resource.split(":", _ARN_PARTS)
        service = parts[2] if len(parts) > _ARN_PARTS else ""
        listing = _LISTINGS.get(service)
        if listing is None:
            raise UnevaluatedKey(f"the embedded AWS cannot look up the tags of {resource}")
        client = self._clients.as_service(_CLIENTS.get(service, service))
        try:
            return _as_mapping(listing(client, resource))
        except ClientError:
            return {}


def _entity_tags(client: Any, arn: str) -> Any:  # noqa: ANN401  # boto3 client
    name = arn.rpartition("/")[2]
    if ":role/" in arn:
        return client.list_role_tags(RoleName=name)["Tags"]
    return client.list_user_tags(UserName=name)["Tags"]


_CLIENTS = {"states": "stepfunctions"}
_LISTINGS: Mapping[str, Callable[[Any, str], Any]] = {
    "events": lambda client, arn: client.list_tags_for_resource(ResourceARN=arn)["Tags"],
    "iam": _entity_tags,
    "kms": lambda client, arn: client.list_resource_tags(KeyId=arn)["Tags"],
    "lambda": lambda client, arn: client.list_tags(Resource=arn)["Tags"],
    "logs": lambda client, arn: client.list_tags_for_resource(resourceArn=_group(arn))["tags"],
    "s3": lambda client, arn: client.get_bucket_tagging(Bucket=_bucket(arn))["TagSet"],
    "sagemaker": lambda client, arn: client.list_tags(ResourceArn=arn)["Tags"],
    "scheduler": lambda client, arn: client.list_tags_for_resource(ResourceArn=arn)["Tags"],
    "sns": lambda client, arn: client.list_tags_for_resource(ResourceArn=arn)["Tags"],
    "states": lambda client, arn: client.list_tags_for_resource(resourceArn=arn)["tags"],
}


def _bucket(arn: str) -> str:
    return arn.rpartition(":::")[2].partition("/")[0]


def _group(arn: str) -> str:
    return arn.partition(":log-stream:")[0]


def _as_mapping(tags: Any) -> Tags:  # noqa: ANN401  # a mapping, or a list of keys with values
    if isinstance(tags, Mapping):
        return tags
    return {
        tag.get("Key", tag.get("key", tag.get("TagKey"))): tag.get(
            "Value", tag.get("value", tag.get("TagValue", ""))
        )
        for tag in tags
    }
