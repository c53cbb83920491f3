"""The champion of a night: the model that serves in production, pinned before anything starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lineage import names, whole
from lineage.errors import InvalidDocument, LineageError, RecordMissing
from lineage.model import Graph
from lineage.records.archive import Archive, location
from lineage.records.record import Record
from lineage.rollouts.switch_log import SwitchLog
from lineage.rollouts.switches import Served, Switch, served_since
from lineage.vocabulary import ActionType, ArtifactType, Channel
from night.errors import ChampionNotComparable, NightError

_FITTED_ON = (Channel.TRAIN, Channel.VALIDATION)


@dataclass(frozen=True)
class Challenge:
    """What a night needs to know of itself to meet a champion.

    Attributes:
        endpoint_name: The production endpoint.
        run_folder: Key prefix of the night's own run.
        holdout_first: The first day of the holdout, as an ISO date.
    """

    bucket: str
    endpoint_name: str
    run_folder: str
    holdout_first: str


def pin(s3: Any, challenge: Challenge) -> dict[str, Any] | None:  # noqa: ANN401  # boto3 client
    """The ``Champion`` part of a night document; None if nothing serves in production.

    The champion is what ``asof`` says, and its model is copied to the night's own run: whatever
    becomes of the original, the evaluation has it, and SageMaker, which knows an artifact by its
    URI, connects the evaluation with no other night's model. A champion that cannot be had is told
    with the reason, for it is a second opinion.
    """
    try:
        champion = _champion(s3, challenge)
    except (LineageError, NightError, BotoCoreError, ClientError, KeyError, ValueError) as missing:
        return {"NotComparable": " ".join(f"{type(missing).__name__}: {missing}".split())}
    return champion


def _champion(s3: Any, challenge: Challenge) -> dict[str, Any] | None:  # noqa: ANN401
    switch, served = _now(SwitchLog(s3, challenge.bucket), challenge.endpoint_name)
    if switch is None or switch.endpoint_config_name is None:
        return None
    if served is None:
        raise ChampionNotComparable(
            f"{challenge.endpoint_name} serves {switch.endpoint_config_name}, which no rollout on"
            " record brought there"
        )
    graph = _recorded(s3, served)
    _refuse_if_fitted_on_holdout(graph, challenge.holdout_first)
    (package,) = whole.packages(graph)
    version = package.properties["ModelPackageVersion"]
    source = _model_uri(graph, served.package_arn)
    key = f"{challenge.run_folder}champion/v{version}/model.tar.gz"
    copied = s3.copy_object(Bucket=challenge.bucket, Key=key, CopySource=location(source))
    (featurised,) = graph.actions(ActionType.PROCESSING_JOB)
    return {
        "PackageArn": served.package_arn,
        "SourceUri": source,
        "SourceVersionId": copied.get("CopySourceVersionId", "null"),
        "ModelUri": f"s3://{challenge.bucket}/{key}",
        "FeaturesDigest": names.sha256(featurised.properties["Features"]),
    }


def _now(log: SwitchLog, endpoint_name: str) -> tuple[Switch | None, Served | None]:
    """The endpoint's last switch, and what it serves since."""
    instants = log.instants(endpoint_name).of.get(endpoint_name, ())
    if not instants:
        return None, None
    read, last = log.reader(endpoint_name, instants), len(instants) - 1
    return read(last), served_since(read, last)


def _recorded(s3: Any, served: Served) -> Graph:  # noqa: ANN401
    text = Archive(s3).read(served.record_uri)
    if text is None:
        raise RecordMissing(f"{served.record_uri}, of {served.package_arn}, is not there")
    return Record.parse(served.record_uri, text).graph


def _refuse_if_fitted_on_holdout(graph: Graph, holdout_first: str) -> None:
    """A night of the past may meet a champion that has learnt its holdout by heart."""
    fitted = [
        it.properties["LastDay"]
        for it in graph.artifacts(ArtifactType.DATASET)
        if it.properties.get("Channel") in _FITTED_ON
    ]
    if max(fitted) >= holdout_first:
        raise ChampionNotComparable(
            f"the champion was trained on days up to {max(fitted)}, and the holdout begins"
            f" {holdout_first}"
        )


def _model_uri(graph: Graph, package_arn: str) -> str:
    models = [
        it.source_uri
        for it in graph.artifacts(ArtifactType.MODEL)
        if "ModelPackageVersion" not in it.properties
    ]
    if len(models) != 1:
        raise InvalidDocument(f"the record of {package_arn} has {len(models)} models")
    return models[0]
