"""What KMS asks of whoever has a service encrypt or decrypt with a customer's key.

S3 user guide, "Using server-side encryption with AWS KMS keys"; SQS developer guide, "Key
management"; SNS developer guide, "Managing encryption keys". Grants are not evaluated, nor what
SageMaker asks for its volumes; keys of AWS's own let everybody in who comes by their service.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from moto.kms.models import kms_backends
from moto.s3.models import s3_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from embedded_aws.gateway.call import Call
from embedded_aws.iam import reference
from embedded_aws.iam.requirements import Requirement
from embedded_aws.iam.resources import Place

_READING, _WRITING, _BOTH = ("Decrypt",), ("GenerateDataKey",), ("GenerateDataKey", "Decrypt")
# A message's data key is verified by decrypting it; the parts of an object are read once more.
_OPERATIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "s3": {
        "CopyObject": _WRITING,
        "CreateMultipartUpload": _BOTH,
        "GetObject": _READING,
        "PutObject": _WRITING,
    },
    "sns": {"Publish": _BOTH, "PublishBatch": _BOTH},
    "sqs": {"ReceiveMessage": _READING, "SendMessage": _BOTH, "SendMessageBatch": _BOTH},
}
_KMS, _AWS_OWN = "aws:kms", "alias/aws/"


class KeyUses:
    """Tells which keys a call has a service use."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._keys: Mapping[str, Callable[[Mapping[str, Any], str], str | None]] = {
            "s3": self._of_object,
            "sns": self._of_topic,
            "sqs": self._of_queue,
        }

    def of(self, call: Call) -> Iterator[Requirement]:
        """What must be allowed on keys besides, by way of the service that is called."""
        actions = _OPERATIONS.get(call.service, {}).get(call.operation)
        if actions is None:
            return
        key = self._keys[call.service](call.parameters, call.operation)
        if key and not key.startswith(_AWS_OWN):
            via = f"{call.service}.{self._place.region}.amazonaws.com"
            for action in actions:
                known = reference.action(f"kms:{action}")
                yield Requirement(known, (self._arn(key),), via=via)

    def _of_object(self, given: Mapping[str, Any], operation: str) -> str | None:
        bucket = s3_backends[self._place.account_id]["aws"].buckets.get(given["Bucket"])
        if bucket is None:
            return None
        if operation != "GetObject":
            return _written_with(bucket, given)
        versions = bucket.keys.getlist(given["Key"], [])
        wanted = given.get("VersionId")
        found = [it for it in versions if wanted in {None, str(it.version_id)}]
        return getattr(found[-1], "kms_key_id", None) if found else None

    def _of_topic(self, given: Mapping[str, Any], _operation: str) -> str | None:
        topic = self._moto(sns_backends).topics.get(given.get("TopicArn"))
        return topic.kms_master_key_id if topic else None

    def _of_queue(self, given: Mapping[str, Any], _operation: str) -> str | None:
        queue = self._moto(sqs_backends).queues.get(given["QueueUrl"].rpartition("/")[2])
        return queue.kms_master_key_id if queue else None

    def _moto(self, backends: Any) -> Any:  # noqa: ANN401  # moto is untyped
        return backends[self._place.account_id][self._place.region]

    def _arn(self, key: str) -> str:
        """The ARN of a key that is named in whatever way; of one that is not there, the name."""
        key_id = self._moto(kms_backends).any_id_to_key_id(key) or key
        return f"arn:aws:kms:{self._place.region}:{self._place.account_id}:key/{key_id}"


def _written_with(bucket: Any, given: Mapping[str, Any]) -> str | None:  # noqa: ANN401
    """The key that a request names, or the bucket's own where it names no encryption at all."""
    if "ServerSideEncryption" in given:
        key: str | None = given.get("SSEKMSKeyId")
        return key if given["ServerSideEncryption"] == _KMS else None
    rule = (bucket.encryption or {}).get("Rule", {}).get("ApplyServerSideEncryptionByDefault", {})
    default: str | None = rule.get("KMSMasterKeyID")
    return default if rule.get("SSEAlgorithm") == _KMS else None
