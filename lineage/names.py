"""Every deterministic name and digest: the same night writes the same names, however often."""

from __future__ import annotations

import hashlib
import json
import re

from lineage.errors import InvalidPackage

DIGEST_DIGITS = 32
"""How much of a SHA-256 goes into a name."""

PRUNING = "pruning"
"""The title of the note that retention is removing a night from SageMaker's graph."""

PRUNED = "pruned"
"""The title of the note that retention removed a night from SageMaker's graph."""

REINSTATED = "reinstated"
"""The title of the note that a night was pruned once, and is in SageMaker's graph again."""

NOTES = (REINSTATED, PRUNING, PRUNED)
"""All of these; what a later one tells counts more."""

LONGEST_PROPERTY = 2500
"""SageMaker's limit for a property's value (API reference, CreateAction), in characters."""

_LONGEST_NAME = 120
# Its pattern is `.*`, and a dot stands for no end of a line (Java's Pattern, "Line terminators").
_PROPERTY_VALUE = re.compile(rf"[^\n\r\x85\u2028\u2029]{{0,{LONGEST_PROPERTY}}}")
_FAILURE = re.compile(r"failure-r\d+")
_FAILURE_PROPERTY = re.compile(r"FailureR(\d+)")
_DEPLOYMENT = re.compile(r"[a-z0-9-]*deployment-[a-z0-9-]+")
_OUTCOME_TAIL = "-outcome"
_ENDPOINT_CONTEXT_TAIL = "-aws-endpoint"
_PACKAGE_ARN = re.compile(
    r"arn:aws[a-z-]*:sagemaker:[a-z0-9-]+:\d{12}:model-package/(?P<group>[a-z0-9-]+)/(?P<version>\d+)"
)


def canonical_json(document: object) -> str:
    """JSON with sorted keys and no optional blanks: equal values, equal text."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256(content: str | bytes) -> str:
    """The SHA-256 of a text in UTF-8, or of bytes, 64 hexadecimal digits."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def is_property_value(text: str) -> bool:
    """Whether SageMaker takes a text for a property's value: not too long, and on one line."""
    return _PROPERTY_VALUE.fullmatch(text) is not None


def entity_name(*parts: str) -> str:
    """A legal name for an action, artifact or context: letters, digits and single hyphens.

    The tail is what tells names apart, so a name that is too long loses its head
    (API reference, CreateAction: at most 120 characters, `[a-zA-Z0-9](-*[a-zA-Z0-9])*`).
    """
    words = re.findall(r"[a-zA-Z0-9]+", "-".join(parts))
    return "-".join(words).lower()[-_LONGEST_NAME:].lstrip("-")


def deployment(endpoint_name: str, deployment_id: str) -> str:
    """The name of one deployment to an endpoint."""
    return entity_name(endpoint_name, "deployment", deployment_id)


def deployment_outcome(deployment_name: str) -> str:
    """The title of the record of how a deployment ended."""
    return f"{deployment_name}{_OUTCOME_TAIL}"


def is_deployment(title: str) -> bool:
    """Whether a record's title is that of a deployment, of its start or of its end."""
    return _DEPLOYMENT.fullmatch(title) is not None


def is_outcome(title: str) -> bool:
    """Whether a deployment's record tells of its end."""
    return title.endswith(_OUTCOME_TAIL)


def deployment_of(title: str) -> str:
    """The name of the deployment of whose start or end a record's title tells."""
    return title.removesuffix(_OUTCOME_TAIL)


def failure(redrive_count: int) -> str:
    """The title of the record of how an execution ended at a redrive; the first run is 0."""
    return f"failure-r{redrive_count}"


def is_failure(title: str) -> bool:
    """Whether a record's title is that of a failure."""
    return _FAILURE.fullmatch(title) is not None


def failure_property(redrive_count: int) -> str:
    """The property of the night's action that tells of that failure."""
    return f"FailureR{redrive_count}"


def failure_of_property(key: str) -> str | None:
    """The title of the record that such a property speaks of; None of any other property."""
    found = _FAILURE_PROPERTY.fullmatch(key)
    return failure(int(found[1])) if found else None


def endpoint_context(endpoint_name: str) -> str:
    """The name that SageMaker itself gives an endpoint's context."""
    return f"{endpoint_name}{_ENDPOINT_CONTEXT_TAIL}"


def is_sagemakers_own(name: str) -> bool:
    """Whether SageMaker named this entity by itself (guide, "Lineage Tracking Entities")."""
    return name.endswith((_ENDPOINT_CONTEXT_TAIL, "-aws-model-group"))


def state_machine_arn(execution_arn: str) -> str:
    """The machine of an execution."""
    machine = execution_arn.rpartition(":")[0]
    return machine.replace(":execution:", ":stateMachine:", 1)


def record_uri(night_record_uri: str, title: str) -> str:
    """Where a record lies beneath the night's RecordUri."""
    return f"{night_record_uri}{title.lower()}.json"


def receipt_uri(record_uri: str) -> str:
    """Where the ARNs lie under which a record is in SageMaker's graph."""
    return f"{record_uri.removesuffix('.json')}.receipt.json"


def note_uri(night_record_uri: str, title: str) -> str:
    """Where a note about a night lies, which is no record of it."""
    return receipt_uri(record_uri(night_record_uri, title))


def night_record_uri(bucket: str, data_date: str, run_id: str) -> str:
    """Where a night's records lie; PrepareNight says the same as RecordUri."""
    return f"s3://{bucket}/lineage/dt={data_date}/{run_id}/"


def package_group_and_version(package_arn: str) -> tuple[str, int]:
    """The group and the version that a model package's ARN names.

    Raises:
        InvalidPackage: it is no ARN of a versioned model package.
    """
    parts = _PACKAGE_ARN.fullmatch(package_arn)
    if parts is None:
        raise InvalidPackage(
            f"{package_arn!r} names no model package: give its version, as `nightly nights` shows"
            " it, or its ARN, arn:aws:sagemaker:<region>:<account>:model-package/<group>/<version>;"
            " `nightly impact` tells which packages came of a data date, a job or a commit"
        )
    return parts["group"], int(parts["version"])
