"""Registered packages, and endpoints that their rollouts move."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from botocore.exceptions import ClientError

from lineage import names, recorder
from lineage.clients import Clients
from lineage.queries.asof import asof
from lineage.query import LineageQuery
from lineage.rollouts.switch_log import SwitchLog
from lineage.rollouts.switches import iso_milliseconds
from lineage.schema import require_valid
from lineage.vocabulary import Stage
from tests.lineage import builders
from tests.lineage.nights import StagedNight
from tests.lineage.worlds import World

FIRST = datetime(2026, 10, 1, 12, 0, 0, 250_000, tzinfo=UTC)
ENDPOINT = "prod"


@dataclass
class Registry:
    """An account's lineage with the group of the packages, and with what endpoints serve."""

    lineage: Any
    package_arns: list[str]
    endpoints: dict[str, dict[str, Any]] = field(default_factory=dict)

    def describe_model_package_group(self, ModelPackageGroupName: str) -> dict[str, str]:  # noqa: N803
        arn = builders.sagemaker_arn(f"model-package-group/{ModelPackageGroupName}")
        return {"ModelPackageGroupArn": arn}

    def list_model_packages(self, **_: Any) -> dict[str, Any]:
        return {"ModelPackageSummaryList": [{"ModelPackageArn": it} for it in self.package_arns]}

    def describe_endpoint(self, EndpointName: str) -> dict[str, Any]:  # noqa: N803
        if EndpointName not in self.endpoints:
            told = {"Error": {"Code": "ValidationException", "Message": "Could not find it."}}
            raise ClientError(told, "DescribeEndpoint")
        return self.endpoints[EndpointName]

    def __getattr__(self, name: str) -> Any:
        """Every other call is lineage's, or of the nights' jobs and packages."""
        return getattr(self.lineage, name)


class Production:
    """Two registered packages, and an endpoint that their rollouts move."""

    def __init__(self, dataset: str = "") -> None:
        documents = [builders.a_night(f"{n:08x}", dataset=dataset or str(n)) for n in (1, 2)]
        self.nights = [StagedNight(it, version=n) for n, it in enumerate(documents, 1)]
        self.world = World(self.nights)
        for night in self.nights:
            night.record_until(Stage.REGISTRATION, self.world.clients)
        self.rollouts = 0
        self.registry = Registry(
            self.world.clients.sagemaker, [night.package_arn for night in self.nights]
        )

    @property
    def clients(self) -> Clients:
        return Clients(cast("Any", self.registry), self.world.s3)

    @property
    def query(self) -> LineageQuery:
        night = self.nights[0]
        return LineageQuery(self.clients, night.document["ModelPackageGroup"], night.bucket)

    @property
    def log(self) -> SwitchLog:
        return SwitchLog(self.world.s3, self.nights[0].bucket)

    def roll_out(
        self,
        version: int,
        *,
        shifting: timedelta | None = None,
        switched: timedelta | None = None,
        restored: timedelta | None = None,
        endpoint_name: str = ENDPOINT,
        **given: Any,
    ) -> str:
        """A rollout from its start to its end; returns its deployment's name."""
        night, rollout = self.nights[version - 1], self.rollout(version, endpoint_name, **given)
        outcome: dict[str, Any] = {"Status": "Completed", "EndedAt": "2026-12-01T00:00:00Z"}
        if switched is None:
            outcome["Status"] = "Failed"
        else:
            outcome["SwitchedAt"] = iso_milliseconds(FIRST + switched)
        if shifting is not None:
            outcome["ShiftStartedAt"] = iso_milliseconds(FIRST + shifting)
        if restored is not None:
            outcome |= {"Status": "RolledBack", "RestoredAt": iso_milliseconds(FIRST + restored)}
            outcome["Reason"] = "the smoke test found other scores"
        recorder.record_rollout(self.clients, night.bucket, rollout)
        recorder.record_rollout_outcome(self.clients, night.bucket, rollout, outcome)
        if switched is not None and restored is None:
            changed = {"EndpointStatus": "InService", "LastModifiedTime": FIRST + switched}
            self.registry.endpoints[endpoint_name] = rollout | changed
        return names.deployment(endpoint_name, rollout["RolloutId"])

    def rollout(self, version: int, endpoint_name: str = ENDPOINT, **given: Any) -> dict[str, Any]:
        """The document of a new rollout."""
        self.rollouts += 1
        night, rollout_id = self.nights[version - 1], f"v{version}-{self.rollouts}"
        rollout = builders.a_rollout(night.document, night.package_arn, EndpointName=endpoint_name)
        named = {"RolloutId": rollout_id, "EndpointConfigName": f"{endpoint_name}-{rollout_id}"}
        return rollout | named | given

    def config_of(self, version: int) -> dict[str, str]:
        """What a rollout is told that takes over from the only one of a version."""
        (found,) = (it for it in self.registry.endpoints.values() if it["Version"] == version)
        return {"PreviousEndpointConfigName": found["EndpointConfigName"]}

    def at(self, passed: timedelta, endpoint_name: str | None = ENDPOINT) -> Any:
        """What one endpoint served."""
        (only,) = self.answer_at(passed, endpoint_name)["Endpoints"]
        return only

    def answer_at(self, passed: timedelta, endpoint_name: str | None = None) -> dict[str, Any]:
        """What all endpoints served, or one."""
        found = asof(self.log, self.registry, iso_milliseconds(FIRST + passed), endpoint_name)
        require_valid(json.loads(json.dumps(found)), "asof")
        return found
