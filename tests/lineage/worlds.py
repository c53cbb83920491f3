"""Accounts without a wire: the embedded AWS's lineage called in this process, in microseconds.

What a served instance would add, HTTP and checks against botocore's model, other tests have; here
whole accounts are made, disturbed and compared by the thousand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from botocore import xform_name
from botocore.exceptions import ClientError

from embedded_aws.clients import ClientFactory
from embedded_aws.clock import Clock
from embedded_aws.environment import Environment
from embedded_aws.gateway.service import Operation, RequestContext, ServiceError
from embedded_aws.sagemaker.lineage.service import Lineage
from embedded_aws.sagemaker.tags import Tags
from embedded_aws.settings import Settings
from lineage import api
from lineage.clients import Clients
from tests.lineage import builders
from tests.lineage.buckets import VersionedBucket
from tests.lineage.nights import DescribedJobs, StagedNight, stage_night

_SETTINGS = Settings(Path("nothing-runs-here"))
_CALLER = RequestContext(_SETTINGS.account_id, _SETTINGS.region, "AKIDWORLD", "a-request")
_ENTITIES = ("Artifact", "Action", "Context", "TrialComponent")


class StandingClock:
    """Always the same instant; what is due later happens when somebody says so."""

    def __init__(self) -> None:
        self.due: list[Callable[[], None]] = []

    def now(self) -> datetime:
        return datetime(2026, 11, 22, 3, tzinfo=UTC)

    def call_later(self, _: float, action: Callable[[], None]) -> None:
        self.due.append(action)


class Unserved:
    """A client whose calls are made in this process."""

    def __init__(self, operations: Mapping[str, Operation]) -> None:
        self._operations = {xform_name(name): (name, call) for name, call in operations.items()}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Whatever the operations are called."""
        operation, call = self._operations[name]

        def made(**request: Any) -> Any:
            try:
                return call(request, _CALLER)
            except ServiceError as refused:
                told = {"Error": {"Code": refused.code, "Message": refused.message}}
                raise ClientError(told, operation) from refused

        return made


def _no_endpoint(request: dict[str, Any], _: RequestContext) -> dict[str, Any]:
    raise ServiceError("ValidationException", f"Could not find {request}")


_REGISTRY: Mapping[str, Operation] = {
    "DescribeModelPackageGroup": lambda asked, _: _group(asked["ModelPackageGroupName"]),
    "DescribeEndpoint": _no_endpoint,
}


@dataclass
class World:
    """An account: its lineage, one bucket, and nights of which only the lineage is missing."""

    nights: list[StagedNight]
    clock: StandingClock = field(default_factory=StandingClock)
    s3: VersionedBucket = field(default_factory=VersionedBucket)

    def __post_init__(self) -> None:
        """Put into the bucket what the jobs of the nights left there."""
        environment = Environment(_SETTINGS, cast("Clock", self.clock), cast("ClientFactory", None))
        self._lineage = Lineage(environment, Tags())
        self.sagemaker = Unserved({**self._lineage.operations(), **_REGISTRY})
        for night in self.nights:
            stage_night(self.s3, night)

    @property
    def clients(self) -> Clients:
        """Clients to which the nights' jobs and packages are known."""
        return Clients(cast("Any", DescribedJobs(self.sagemaker, *self.nights)), self.s3)

    def sagemaker_looks_at(self, night: StagedNight) -> None:
        """Let SageMaker see all that the night made; what it makes of that becomes due."""
        automatic, jobs = self._lineage.automatic, builders.the_jobs(night.document)
        for job in (jobs.featurise, jobs.train, jobs.evaluate):
            automatic.job_ended(job)
        if not night.is_good_enough:
            return
        package = builders.a_package(night.document, night.version)
        package["LastModifiedTime"] = package["CreationTime"]
        automatic.package_created(package, _group(night.document["ModelPackageGroup"]))
        automatic.endpoint_created(_endpoint_of(night), _containers_of(night))

    def sagemaker_catches_up(self) -> None:
        """Let SageMaker make all entities of its own at once."""
        for night in self.nights:
            self.sagemaker_looks_at(night)
        self.let_all_appear()

    def let_all_appear(self) -> None:
        """Let SageMaker write what it makes of all that it has seen."""
        while self.clock.due:
            self.clock.due.pop(0)()

    def contents(self) -> dict[str, Any]:
        """All that there is: entities with all they tell, associations, and the objects in S3."""
        objects = {key: versions[-1].decode() for key, versions in self.s3.objects.items()}
        return {**graph_of(self.sagemaker), "objects": objects}


def graph_of(sagemaker: Any) -> dict[str, Any]:
    """All of an account's lineage: every ARN, what each of our kinds tells, and who leads where."""
    arns = [
        each[f"{kind}Arn"]
        for kind in _ENTITIES
        for each in _listed(getattr(sagemaker, f"list_{xform_name(kind)}s"), f"{kind}Summaries")
    ]
    ours = [arn for arn in arns if "trial-component" not in arn]
    edges = _listed(sagemaker.list_associations, "AssociationSummaries")
    return {
        "arns": sorted(arns),
        "entities": {arn: api.describe(sagemaker, arn).entity for arn in ours},
        "associations": sorted(
            (it["SourceArn"], it["DestinationArn"], it["AssociationType"]) for it in edges
        ),
    }


def _listed(call: Callable[..., Any], member: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    token: dict[str, str] = {}
    while True:
        page = call(MaxResults=100, **token)
        found += page[member]
        if "NextToken" not in page:
            return found
        token = {"NextToken": page["NextToken"]}


def _group(name: str) -> dict[str, Any]:
    return {
        "ModelPackageGroupName": name,
        "ModelPackageGroupArn": builders.sagemaker_arn(f"model-package-group/{name}"),
        "CreationTime": datetime(2026, 11, 1, tzinfo=UTC),
    }


def _endpoint_of(night: StagedNight) -> dict[str, Any]:
    return {
        "EndpointName": night.endpoint_name,
        "EndpointArn": night.rollout["EndpointArn"],
        "CreationTime": datetime(2026, 11, 22, 3, tzinfo=UTC),
    }


def _containers_of(night: StagedNight) -> list[dict[str, str]]:
    return [{"Image": night.document["ImageUri"], "ModelPackageName": night.package_arn}]
