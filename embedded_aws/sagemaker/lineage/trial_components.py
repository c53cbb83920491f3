"""ListTrialComponents and DescribeTrialComponent, for the ones that SageMaker makes of jobs.

There are no experiments here: trial components can't be created by hand, and filters by
experiment or trial are refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from embedded_aws.gateway.service import Operation, Parameters, RequestContext
from embedded_aws.sagemaker.lineage import outputs
from embedded_aws.sagemaker.lineage.entities import Entity, Kind
from embedded_aws.sagemaker.lineage.store import Store
from embedded_aws.sagemaker.listing import page, within
from embedded_aws.sagemaker.unsupported import refuse

_SUMMARY_MEMBERS = ("DisplayName", "Status", "StartTime", "EndTime")


class TrialComponents:
    """The trial components of one account."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def operations(self) -> Mapping[str, Operation]:
        """The operations, by API name."""
        return {
            "DescribeTrialComponent": self._describe,
            "ListTrialComponents": self._list,
        }

    def _describe(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        name = parameters["TrialComponentName"]
        arn = self._store.arns.named_or_arn(Kind.TRIAL_COMPONENT, name)
        entity = self._store.graph.get(arn)
        return {
            **_shown(entity),
            "Source": dict(entity.source),
            **entity.details,
            "LineageGroupArn": self._store.arns.default_group,
        }

    def _list(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        refuse(("ExperimentName", "TrialName"), parameters, "ListTrialComponents")
        graph = self._store.graph
        source = parameters.get("SourceArn")
        candidates = (
            graph.from_source(Kind.TRIAL_COMPONENT, source)
            if source
            else graph.of_kind(Kind.TRIAL_COMPONENT)
        )
        after, before = parameters.get("CreatedAfter"), parameters.get("CreatedBefore")
        listed = (each for each in candidates if within(each.created_at, after, before))
        found = page(listed, lambda each: outputs.sort_key(each, parameters), parameters)
        return found.answer("TrialComponentSummaries", _summarised)


def _shown(entity: Entity) -> dict[str, Any]:
    return {
        "TrialComponentName": entity.name,
        "TrialComponentArn": entity.arn,
        "CreationTime": entity.created_at,
        "LastModifiedTime": entity.modified_at,
    }


def _summarised(entity: Entity) -> dict[str, Any]:
    details = {key: entity.details[key] for key in _SUMMARY_MEMBERS if key in entity.details}
    return {**_shown(entity), **details, "TrialComponentSource": dict(entity.source)}
