"""Tells what SageMaker connected by itself with our entities from what somebody did on purpose."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lineage.clients import SageMaker
from lineage.paging import pages

_PAGE_SIZE = 100
_OWN = re.compile(
    r":experiment-trial-component/.+-aws-(processing|training|transform)-job$"
    r"|:(action|context)/.+-aws-(model-group|endpoint)$"
)


@dataclass(frozen=True)
class Connection:
    """An association, and what is at its other end.

    Attributes:
        is_automatic: Whether SageMaker made what is at the other end by itself.
    """

    source_arn: str
    destination_arn: str
    is_automatic: bool

    @property
    def ends(self) -> tuple[str, str]:
        """The ARNs of its source and its destination."""
        return self.source_arn, self.destination_arn


def connections(sagemaker: SageMaker, arn: str) -> Iterator[Connection]:
    """All associations of an entity, whoever made them.

    SageMaker names the trial components of jobs, approvals, model groups and deployments with a
    tail that says so (guide, "SageMaker-created tracking entities"); its artifacts have no name,
    and the only ones that it connects with other artifacts are images. That nobody else names
    entities so is inferred: nothing in ListAssociations tells who made one.
    """
    for near, far in (("Source", "Destination"), ("Destination", "Source")):
        asked = {f"{near}Arn": arn, "MaxResults": _PAGE_SIZE}
        for page in pages(sagemaker.list_associations, **asked):
            for each in page["AssociationSummaries"]:
                ends = each["SourceArn"], each["DestinationArn"]
                yield Connection(*ends, _is_automatic(each, far))


def _is_automatic(summary: Mapping[str, Any], end: str) -> bool:
    if _OWN.search(summary[f"{end}Arn"]):
        return True
    return summary.get(f"{end}Type") == "Image" and not summary.get(f"{end}Name")
