"""Tags of SageMaker resources, kept by ARN for every kind of resource alike."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from embedded_aws.gateway.service import Operation, Parameters, RequestContext, ServiceError

MAX_TAGS = 50
Tag = Mapping[str, str]


class Tags:
    """AddTags, ListTags and DeleteTags; whoever owns resources registers and forgets their ARNs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_arn: dict[str, dict[str, str]] = {}

    def register(self, arn: str, tags: Iterable[Tag] = ()) -> None:
        """Let a resource that was just created carry tags.

        Raises:
            ServiceError: ``ValidationException`` when a key comes twice.
        """
        given = list(tags)
        refuse_duplicate_keys(given)
        by_key = {tag["Key"]: tag["Value"] for tag in given}
        with self._lock:
            self._by_arn[arn] = by_key

    def forget(self, arn: str) -> None:
        """Drop a deleted resource's tags."""
        with self._lock:
            self._by_arn.pop(arn, None)

    def of(self, arn: str) -> list[dict[str, str]]:
        """A resource's tags as the API lists them; none for a resource that is not there."""
        with self._lock:
            return _listed(self._by_arn.get(arn, {}))

    def operations(self) -> Mapping[str, Operation]:
        """The operations, by API name."""
        return {
            "AddTags": self._add_tags,
            "ListTags": self._list_tags,
            "DeleteTags": self._delete_tags,
        }

    def close(self) -> None:
        """Nothing runs here."""

    def _add_tags(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        added = {tag["Key"]: tag["Value"] for tag in parameters["Tags"]}
        with self._lock:
            merged = self._existing(parameters) | added
            if len(merged) > MAX_TAGS:
                message = f"A resource can carry {MAX_TAGS} tags, this one would have {len(merged)}"
                raise ServiceError("ResourceLimitExceeded", message)
            self._by_arn[parameters["ResourceArn"]] = merged
            return {"Tags": _listed(merged)}

    def _list_tags(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        # A resource has at most 50 tags and a page at least 50: there is never a second page.
        with self._lock:
            return {"Tags": _listed(self._existing(parameters))}

    def _delete_tags(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        with self._lock:
            kept = self._existing(parameters)
            for key in parameters["TagKeys"]:
                kept.pop(key, None)
        return {}

    def _existing(self, parameters: Parameters) -> dict[str, str]:
        arn = parameters["ResourceArn"]
        if arn not in self._by_arn:
            # The models of these operations declare no error; AWS's text is undocumented.
            raise ServiceError("ValidationException", f"Could not find the resource {arn}")
        return self._by_arn[arn]


def refuse_duplicate_keys(tags: Sequence[Tag]) -> None:
    """Check a Create request's tags before anything is created.

    Raises:
        ServiceError: ``ValidationException`` when a key comes twice.
    """
    if len({tag["Key"] for tag in tags}) < len(tags):
        raise ServiceError("ValidationException", "Duplicate tag keys found in the request")


def _listed(by_key: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in by_key.items()]
