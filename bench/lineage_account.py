"""An embedded AWS whose account holds many nights' lineage: ``python -m bench.lineage_account``.

It prints its endpoint when it is full, and serves until its standard input ends.
"""

from __future__ import annotations

import argparse
import gc
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count, islice
from pathlib import Path
from typing import Any

from embedded_aws.instance import Instance, serve
from embedded_aws.sagemaker.lineage.entities import Association, Entity, Kind, LineageArns
from embedded_aws.sagemaker.lineage.graph import Graph
from embedded_aws.sagemaker.lineage.quotas import LineageQuotas
from embedded_aws.sagemaker.lineage.service import Lineage
from embedded_aws.settings import Settings
from embedded_aws.testing import make_client
from lineage.clients import Clients
from lineage.vocabulary import Stage
from tests.lineage import builders
from tests.lineage.nights import DescribedJobs, StagedNight, stage_night

BUCKET = "fraud"
RUN, DATASET = "0000002a", "November"
ASKED = StagedNight(builders.a_night(RUN, bucket=BUCKET, dataset=DATASET))
_NO_QUOTA = LineageQuotas(*[sys.maxsize] * 4)
_FIRST_NUMBER = 1_000
"""Of the other nights: neither a version nor a run of the asked one's."""
_FOREIGN_SHARE = 3
"""Of so many entities one is not of a night."""


@dataclass(frozen=True)
class Night:
    """What one night has in the graph, besides what it shares with all nights."""

    entities: tuple[Entity, ...]
    associations: tuple[Association, ...]
    marks: tuple[str, ...]

    def again(self, number: int, arns: LineageArns) -> Night:
        """The same night under another identity, whose entities are as many and as connected."""
        others = _marks(f"{number:08x}", f"{number:064x}", number)
        renamed = dict(zip(self.marks, others, strict=True))
        moved = {each.arn: _moved(each, renamed, arns) for each in self.entities}
        return Night(
            tuple(moved.values()),
            tuple(
                replace(
                    edge,
                    source_arn=_arn(moved, edge.source_arn),
                    destination_arn=_arn(moved, edge.destination_arn),
                )
                for edge in self.associations
            ),
            others,
        )


def recorded(instance: Instance, lineage: Lineage) -> Night:
    """Record one night through the API, with all that SageMaker writes beside it."""
    sagemaker, s3 = (make_client(instance.url, it) for it in ("sagemaker", "s3"))
    s3.create_bucket(Bucket=BUCKET)
    group = ASKED.document["ModelPackageGroup"]
    sagemaker.create_model_package_group(ModelPackageGroupName=group)
    described = sagemaker.describe_model_package_group(ModelPackageGroupName=group)
    stage_night(s3, ASKED)
    clients = Clients(DescribedJobs(sagemaker, ASKED), s3)
    ASKED.record_until(Stage.DEPLOYMENT_OUTCOME, clients)
    jobs = builders.the_jobs(ASKED.document)
    for job in (jobs.featurise, jobs.train, jobs.evaluate):
        lineage.automatic.job_ended(job)
    package = builders.a_package(ASKED.document, ASKED.version)
    approval = {
        "ModelApprovalStatus": "PendingManualApproval",
        "LastModifiedTime": package["CreationTime"],
    }
    lineage.automatic.package_created(package | approval, described)
    instance.clock.advance_to(instance.clock.now() + timedelta(minutes=1))
    return _night(lineage.graph)


def fill(lineage: Lineage, night: Night, entities: int) -> None:
    """Add nights and foreign entities until there are as many as asked for."""
    graph = lineage.graph
    held = sum(len(graph.of_kind(kind)) for kind in Kind)
    missing = max(0, entities - held)
    foreign = missing // _FOREIGN_SHARE
    nights = (missing - foreign) // len(night.entities)
    for number in range(_FIRST_NUMBER, _FIRST_NUMBER + nights):
        _add(graph, night.again(number, lineage.arns))
        held += len(night.entities)
    pairs = _foreign_pairs(night, lineage.arns)
    for pair in islice(pairs, max(0, entities - held) // 2):
        _add(graph, pair)


def _night(graph: Graph) -> Night:
    """The asked night's own share of a graph that holds nothing else."""
    marks = _marks(RUN, ASKED.document["Dataset"]["Digest"], ASKED.version)
    own = tuple(
        entity
        for kind in Kind
        for entity in graph.of_kind(kind)
        if any(mark in f"{entity.source_uri} {entity.name}" for mark in marks)
    )
    arns = {entity.arn for entity in own}
    edges = [it for it in graph.associations() if {it.source_arn, it.destination_arn} & arns]
    return Night(own, tuple(edges), marks)


def _marks(run: str, digest: str, version: int) -> tuple[str, ...]:
    """What tells a night's names and URIs from those of other nights."""
    group = ASKED.document["ModelPackageGroup"]
    return run, digest, f"{group}/{version}", f"{group}-{version}-"


def _moved(entity: Entity, renamed: dict[str, str], arns: LineageArns) -> Entity:
    def told(text: str) -> str:
        for mark, other in renamed.items():
            text = text.replace(mark, other)
        return text

    source = {key: told(str(value)) for key, value in entity.source.items()}
    name = told(entity.name) if entity.name else None
    moved = replace(entity, source=source, name=name)
    by_source = entity.kind is Kind.ARTIFACT
    arn = arns.artifact(moved.source_uri) if by_source else arns.named(entity.kind, str(name))
    return replace(moved, arn=arn)


def _arn(moved: dict[str, Entity], arn: str) -> str:
    return moved[arn].arn if arn in moved else arn


def _foreign_pairs(night: Night, arns: LineageArns) -> Iterator[Night]:
    """A data set that a job of others read, again and again."""
    like = night.entities[0]
    edge = night.associations[0]
    for number in count():
        uri, name = f"s3://others/{number}", f"others-{number}"
        dataset = replace(
            like,
            arn=arns.artifact(uri),
            kind=Kind.ARTIFACT,
            name=None,
            type="DataSet",
            source={"SourceUri": uri},
            properties={},
        )
        job = replace(
            dataset, arn=arns.named(Kind.ACTION, name), kind=Kind.ACTION, name=name, type="Etl"
        )
        read = replace(edge, source_arn=dataset.arn, destination_arn=job.arn)
        yield Night((dataset, job), (read,), ())


def _add(graph: Graph, night: Night) -> None:
    for entity in night.entities:
        graph.add(entity)
    for association in night.associations:
        graph.associate(association)


def lineage_of(instance: Instance) -> Any:  # noqa: ANN401  # a service is known by its operations
    """The lineage of an instance, behind its API."""
    (sagemaker,) = (each for each in instance.services if each.name == "sagemaker")
    return sagemaker.lineage  # type: ignore[attr-defined]


def main() -> None:
    """Fill an account, then serve it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entities", type=int, required=True)
    entities = parser.parse_args().entities
    with tempfile.TemporaryDirectory() as scratch:
        settings = Settings(Path(scratch), lineage_quotas=_NO_QUOTA)
        with serve(settings) as instance:
            lineage = lineage_of(instance)
            fill(lineage, recorded(instance, lineage), entities)
            # Half a million entities in one Python process: its collector is not what is measured.
            gc.freeze()
            print(instance.url, flush=True)
            sys.stdin.read()


if __name__ == "__main__":
    main()
