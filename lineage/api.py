"""How each kind of entity is found, created and updated through SageMaker's API."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from lineage.clients import Call, Response, SageMaker
from lineage.model import Action, Artifact, Context, Entity
from lineage.vocabulary import Status


@dataclass(frozen=True)
class Indexed:
    """An entity as SageMaker has it, and the ARN that SageMaker gave it."""

    arn: str
    entity: Entity


def find(sagemaker: SageMaker, wanted: Entity) -> Indexed | None:
    """The entity in SageMaker that stands for ``wanted``, if there is one."""
    return _unless_gone(lambda: _look_up(sagemaker, wanted))


def find_by_arn(sagemaker: SageMaker, arn: str) -> Indexed | None:
    """The entity of an ARN, if it is there still."""
    return _unless_gone(lambda: describe(sagemaker, arn))


def _unless_gone(look_up: Callable[[], Indexed | None]) -> Indexed | None:
    """What was listed may be gone when it is described: retention runs beside."""
    try:
        return look_up()
    except ClientError as refused:
        if is_error(refused, "ResourceNotFound"):
            return None
        raise


def _look_up(sagemaker: SageMaker, wanted: Entity) -> Indexed | None:
    if isinstance(wanted, Artifact):
        arn = find_artifact_arn(sagemaker, wanted.source_uri, wanted.type)
        return describe(sagemaker, arn) if arn else None
    if isinstance(wanted, Action):
        return _parse_action(sagemaker.describe_action(ActionName=wanted.name))
    return _parse_context(sagemaker.describe_context(ContextName=wanted.name))


def find_action(sagemaker: SageMaker, name: str) -> Action | None:
    """The action of a name, if there is one."""
    wanted = Action(name, type="", source_uri="", status=Status.UNKNOWN)
    found = find(sagemaker, wanted)
    return found.entity if found and isinstance(found.entity, Action) else None


def find_artifact_arn(sagemaker: SageMaker, source_uri: str, artifact_type: str) -> str | None:
    """The artifact of a URI, no matter who made it.

    SageMaker's own artifacts have no SourceTypes; with SourceTypes the same URI would be another
    artifact (guide, "Amazon SageMaker ML Lineage Tracking"; which of URI and type make the
    identity is undocumented, hence the preference).
    """
    summaries = sagemaker.list_artifacts(
        SourceUri=source_uri, SortBy="CreationTime", SortOrder="Ascending"
    )["ArtifactSummaries"]
    plain = [each for each in summaries if not each["Source"].get("SourceTypes")]
    preferred = [each for each in plain if each.get("ArtifactType") == artifact_type] or plain
    return preferred[0]["ArtifactArn"] if preferred else None


def describe(sagemaker: SageMaker, arn: str) -> Indexed:
    """The entity of an ARN, which must exist."""
    kind = arn.split(":")[5].partition("/")[0]
    if kind == "artifact":
        return _parse_artifact(sagemaker.describe_artifact(ArtifactArn=arn))
    if kind == "action":
        return _parse_action(sagemaker.describe_action(ActionName=arn))
    return _parse_context(sagemaker.describe_context(ContextName=arn))


def create(sagemaker: SageMaker, entity: Entity) -> str:
    """Create an entity; return its ARN."""
    told = {
        "Source": {"SourceUri": entity.source_uri},
        "Properties": dict(entity.properties),
    }
    if isinstance(entity, Artifact):
        return _arn(
            sagemaker.create_artifact(ArtifactName=entity.name, ArtifactType=entity.type, **told)
        )
    if isinstance(entity, Action):
        return _arn(
            sagemaker.create_action(
                ActionName=entity.name, ActionType=entity.type, Status=entity.status, **told
            )
        )
    return _arn(sagemaker.create_context(ContextName=entity.name, ContextType=entity.type, **told))


def update(sagemaker: SageMaker, existing: Indexed, wanted: Entity) -> None:
    """Add what ``wanted`` tells to an existing entity, and keep whatever else it tells.

    An update replaces all properties (API reference, UpdateArtifact), so the old ones go along.
    """
    properties = {**existing.entity.properties, **wanted.properties}
    if isinstance(existing.entity, Artifact):
        sagemaker.update_artifact(ArtifactArn=existing.arn, Properties=properties)
    elif isinstance(existing.entity, Action) and isinstance(wanted, Action):
        latest = max(existing.entity.status, wanted.status, key=lambda status: status.rank)
        sagemaker.update_action(ActionName=wanted.name, Status=latest, Properties=properties)
    else:
        sagemaker.update_context(ContextName=wanted.name, Properties=properties)


def ignore_missing(call: Call, **request: str) -> None:
    """Delete something that may be gone already."""
    try:
        call(**request)
    except ClientError as refused:
        if not is_error(refused, "ResourceNotFound"):
            raise


def is_error(refused: ClientError, code: str) -> bool:
    """Whether AWS refused with this error code."""
    return bool(refused.response["Error"]["Code"] == code)


def _arn(created: Response) -> str:
    (arn,) = (value for member, value in created.items() if member.endswith("Arn"))
    return str(arn)


def _parse_artifact(response: Response) -> Indexed:
    return Indexed(response["ArtifactArn"], Artifact(**_common(response, "Artifact")))


def _parse_action(response: Response) -> Indexed:
    status = Status(response.get("Status", Status.UNKNOWN))
    return Indexed(response["ActionArn"], Action(**_common(response, "Action"), status=status))


def _parse_context(response: Response) -> Indexed:
    return Indexed(response["ContextArn"], Context(**_common(response, "Context")))


def _common(response: Response, kind: str) -> dict[str, Any]:
    # SageMaker's own artifacts have neither a name nor properties.
    return {
        "name": response.get(f"{kind}Name", ""),
        "type": response.get(f"{kind}Type", ""),
        "source_uri": response["Source"]["SourceUri"],
        "properties": response.get("Properties", {}),
    }
