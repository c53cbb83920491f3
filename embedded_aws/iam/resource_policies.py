"""Policies that resources bear: of buckets, queues, topics, functions, keys, logs and the like."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from moto.ecr.models import ecr_backends
from moto.events.models import events_backends
from moto.kms.models import kms_backends
from moto.logs.models import logs_backends
from moto.s3.models import s3_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from embedded_aws.gateway.service import RequestContext, Service, ServiceError
from embedded_aws.iam import policies
from embedded_aws.iam.policies import Policy
from embedded_aws.iam.resources import Place

_ARN_PARTS = 5
_BUCKETS = "arn:aws:s3:::"


class ResourcePolicies:
    """Reads the policy of any resource, wherever its service keeps it.

    Policies of model package groups and of layers are refused by their services when they are
    put, so there are none to evaluate.
    """

    def __init__(self, place: Place, services: Mapping[str, Service]) -> None:
        self._place = place
        self._services = services
        self._readers: Mapping[str, Callable[[str, str], Iterator[str]]] = {
            "ecr": self._repository,
            "events": self._event_bus,
            "kms": self._key,
            "lambda": self._function,
            "logs": self._log_policies,
            "s3": self._bucket,
            "sns": self._topic,
            "sqs": self._queue,
        }

    def of(self, resource: str) -> tuple[Policy, ...]:
        """The policies of a resource; none for ``*`` and for resources that have none."""
        if not resource.startswith("arn:"):
            return ()
        parts = resource.split(":", _ARN_PARTS)
        reader = self._readers.get(parts[2])
        if reader is None:
            return ()
        documents = reader(resource, parts[_ARN_PARTS])
        return tuple(policies.read(resource, document) for document in documents)

    def are_public(self, resource: str) -> bool:
        """Whether the policies of a resource may let in anonymous callers.

        RestrictPublicBuckets keeps these out of a bucket (S3 user guide, "Blocking public
        access").
        """
        if not resource.startswith(_BUCKETS):
            return True
        name = resource.removeprefix(_BUCKETS).partition("/")[0]
        bucket = s3_backends[self._place.account_id]["aws"].buckets.get(name)
        block = bucket.public_access_block if bucket else None
        return not (block and block.restrict_public_buckets)

    def _moto(self, backends: Any) -> Any:  # noqa: ANN401  # moto is untyped
        return backends[self._place.account_id][self._place.region]

    def _bucket(self, _arn: str, name: str) -> Iterator[str]:
        buckets = s3_backends[self._place.account_id]["aws"].buckets
        bucket = buckets.get(name.partition("/")[0])
        if bucket is not None and bucket.policy:
            yield bucket.policy.decode()

    def _queue(self, _arn: str, name: str) -> Iterator[str]:
        queue = self._moto(sqs_backends).queues.get(name)
        if queue is not None and queue.policy:
            yield queue.policy if isinstance(queue.policy, str) else json.dumps(queue.policy)

    def _topic(self, arn: str, _name: str) -> Iterator[str]:
        topic = self._moto(sns_backends).topics.get(arn)
        if topic is not None:
            yield topic.policy

    def _key(self, _arn: str, name: str) -> Iterator[str]:
        key = self._moto(kms_backends).keys.get(name.removeprefix("key/"))
        if key is not None:
            yield key.policy

    def _log_policies(self, _arn: str, _name: str) -> Iterator[str]:
        kept = list(self._moto(logs_backends).resource_policies.values())
        yield from (policy.policy_document for policy in kept)

    def _event_bus(self, _arn: str, name: str) -> Iterator[str]:
        bus = self._moto(events_backends).event_buses.get(name.removeprefix("event-bus/"))
        if bus is not None and bus.policy:
            yield bus.policy

    def _repository(self, _arn: str, name: str) -> Iterator[str]:
        repository = self._moto(ecr_backends).repositories.get(name.removeprefix("repository/"))
        if repository is not None and repository.policy:
            yield repository.policy

    def _function(self, arn: str, _name: str) -> Iterator[str]:
        context = RequestContext(self._place.account_id, self._place.region, "", "")
        try:
            answer = self._services["lambda"].operations()["GetPolicy"](
                {"FunctionName": arn}, context
            )
        except ServiceError:
            return
        if answer is not None:
            yield answer["Policy"]
