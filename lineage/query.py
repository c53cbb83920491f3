"""Answers questions about lineage from SageMaker's graph, or from the records where that ends."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from lineage import names, whole
from lineage.clients import Clients
from lineage.errors import InvalidTime, PackageNotRecorded
from lineage.model import Graph
from lineage.parallel import map_parallel
from lineage.plan import plan as plan_of
from lineage.queries.asof import asof as asof_log
from lineage.queries.audit import Audit
from lineage.queries.budget import budget as budget_of
from lineage.queries.difference import compare, compare_objects
from lineage.queries.excerpt import MOST_DESCRIBES, excerpt
from lineage.queries.executions import find_night
from lineage.queries.explanation import AnsweredFrom, deployments
from lineage.queries.explanation import explain as explain_graph
from lineage.queries.impact import impact as impact_of
from lineage.queries.packages import PackageGroup
from lineage.queries.service_times import service_times
from lineage.queries.subject import Subject
from lineage.records.archive import Archive
from lineage.records.record import is_digest, restored
from lineage.records.shelf import RecordedNight, Shelf
from lineage.rollouts.switch_log import SwitchLog
from lineage.rollouts.switches import Reign, reigns
from lineage.vocabulary import ActionType, Stage


@dataclass(frozen=True)
class LineageQuery:
    """Questions about the packages of one model package group.

    Attributes:
        clients: Of the group's account and region.
        group: The name of the model package group.
        bucket: The bucket that holds the records.
        endpoint_names: The stack's endpoints.
    """

    clients: Clients
    group: str
    bucket: str
    endpoint_names: Collection[str] = ()

    def explain(self, package: str | int) -> dict[str, Any]:
        """Everything that a package came from, as a document by schema/explain.json.

        Args:
            package: A version number of the group, or the ARN of one of its packages.

        Raises:
            InvalidPackage: it is neither.
            ForeignArn: it is a package of another group, account or region.
            UnknownPackage: there is no such version.
            PackageNotRecorded: it exists, but was not made by a recorded night.
        """
        package_arn = self._packages.package_arn(package)
        graph = excerpt(self.clients.sagemaker, package_arn)
        if any(whole.complaints(graph, Stage.REGISTRATION)):
            return self._explained(self._recorded(package_arn).graph, AnsweredFrom.RECORD)
        if _has_digests(graph):
            graph = restored(graph, self._recorded(package_arn).graph)
        if len(graph.entities) >= MOST_DESCRIBES:
            graph = _with_deployments(graph, self._recorded(package_arn).graph)
        return self._explained(graph, AnsweredFrom.INDEX)

    def diff(self, one: str | int, other: str | int) -> dict[str, Any]:
        """What differs between two packages, as a document by schema/diff.json.

        Raises:
            InvalidPackage, ForeignArn, UnknownPackage, PackageNotRecorded: as for ``explain``.
        """
        a, b = self.explain(one), self.explain(other)
        changed = compare_objects(self._objects(a), self._objects(b))
        return compare(a, b, changed)

    def impact(self, subject: str) -> dict[str, Any]:
        """Which packages and endpoints something touched, as a document by schema/impact.json.

        Args:
            subject: A data date, an input file, the digest of a data set or of code, a commit, an
                image, a job, or the run id of a night.

        Raises:
            InvalidSubject: it has the shape of none of these.
            ForeignArn: it is a job of another account or region.
        """
        parsed = Subject.parse(subject)
        if parsed.is_arn:
            self._packages.require_neighbour(parsed.value)

        @cache
        def objects(objects_uri: str) -> Collection[str]:
            return {item["uri"] for item in self._source_objects(objects_uri)}

        on_record = self._shelf.recorded()
        nights = self._shelf.search(filter(parsed.may_concern, on_record), parsed.mention)
        data_dates = [folder.data_date for folder in on_record]
        outcomes = self._shelf.with_outcomes
        return impact_of(parsed, nights, self._reigns(), objects, data_dates, outcomes)

    def asof(self, time: str, endpoint_name: str | None = None) -> dict[str, Any]:
        """What endpoints served at an instant, as a document by schema/asof.json.

        Args:
            time: ISO 8601 with a time zone.
            endpoint_name: The only one that is asked about; all of the stack otherwise.

        Raises:
            InvalidTime: it is no such instant, or is yet to come.
            UnknownEndpoint: it is not the stack's, and nothing was ever deployed to it.
            BeforeFirstDeployment: nothing was deployed by then.
        """
        sagemaker = self.clients.sagemaker
        answer = asof_log(self._log, sagemaker, time, endpoint_name, self.endpoint_names)
        return {**answer, "Endpoints": map_parallel(self._judged, answer["Endpoints"])}

    def plan(self, execution: str) -> dict[str, Any]:
        """What recording an execution again would add, as a document by schema/plan.json.

        Args:
            execution: Its name or ARN, or the run id of its night.

        Raises:
            InvalidExecution: it has the shape of none of these, or means several nights.
            ForeignArn: it is of another account or region, or of a machine that made no night here.
            UnknownExecution: no night on record was made by it.
        """
        return plan_of(self.clients.sagemaker, self._shelf, find_night(self._shelf, execution))

    def audit(self, since: str = "") -> dict[str, Any]:
        """Whether every package and record is what it was, as a document by schema/audit.json.

        Args:
            since: The first data date to look at; empty for all that is on record.

        Raises:
            InvalidTime: that is no date, or is yet to come.
        """
        bound = _date(since) if since else ""
        sagemaker, packages = self.clients.sagemaker, self._packages
        return Audit(sagemaker, packages, self._shelf, self._log, bound).report()

    def budget(self) -> dict[str, Any]:
        """The room that the nights take in SageMaker's graph, by schema/budget.json."""
        return budget_of(self._shelf.held_nights())

    def _explained(self, graph: Graph, answered_from: AnsweredFrom) -> dict[str, Any]:
        (package,) = whole.packages(graph)
        rejection = self._packages.rejection(package.source_uri)
        reigns = service_times(self._log, deployments(graph))
        return explain_graph(graph, answered_from, reigns, rejection)

    def _judged(self, endpoint: dict[str, Any]) -> dict[str, Any]:
        """With who rejected since what served there, if somebody did."""
        package_arn = endpoint["PackageArn"]
        rejection = self._packages.rejection(package_arn) if package_arn else None
        return {**endpoint, **({"Rejection": rejection.document} if rejection else {})}

    def _reigns(self) -> Iterator[Reign]:
        for switches in self._log.switches().values():
            yield from reigns(switches)

    @property
    def _log(self) -> SwitchLog:
        return SwitchLog(self.clients.s3, self.bucket)

    @property
    def _packages(self) -> PackageGroup:
        return PackageGroup(self.clients.sagemaker, self.group)

    @property
    def _shelf(self) -> Shelf:
        return Shelf(self.clients.s3, self.bucket)

    def _recorded(self, package_arn: str) -> RecordedNight:
        made_by = self._packages.made_by(package_arn)
        night = self._shelf.find(made_by.data_date, made_by.run_id)
        if night is None or not whole.packages(night.graph):
            folder = names.night_record_uri(self.bucket, made_by.data_date, made_by.run_id)
            raise PackageNotRecorded(
                f"{package_arn} is not whole in SageMaker's graph, and"
                f" {names.record_uri(folder, Stage.REGISTRATION)} is not there. Look for night"
                f" {made_by.run_id} in the history of its execution."
            )
        return night

    def _objects(self, explanation: dict[str, Any]) -> list[dict[str, Any]]:
        return self._source_objects(explanation["Dataset"]["ObjectsUri"])

    def _source_objects(self, objects_uri: str) -> list[dict[str, Any]]:
        document = Archive(self.clients.s3).read_json(objects_uri)
        objects: list[dict[str, Any]] = document["objects"] if document else []
        return objects


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as wrong:
        raise InvalidTime(f"{text!r} is no data date: give one such as 2026-11-21") from wrong


def _with_deployments(graph: Graph, recorded: Graph) -> Graph:
    """A graph with the deployments for which there were no describes left."""
    deployments = {it.ref: it for it in recorded.actions(ActionType.MODEL_DEPLOYMENT)}
    return Graph({**deployments, **graph.entities}, graph.associations)


def _has_digests(graph: Graph) -> bool:
    return any(is_digest(it) for each in graph.entities.values() for it in each.properties.values())
