"""Everything that lineage left in an account, night by night, comparable between nights."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from lineage import api
from lineage.model import Action, Entity
from lineage.records.archive import location
from tests.lineage.nights import StagedNight

Contents = dict[str, Any]
_PAGES = {"PageSize": 100}


class Account:
    """What SageMaker lists by now; take it after the last change."""

    def __init__(self, sagemaker: Any, s3: Any) -> None:
        self._sagemaker, self._s3 = sagemaker, s3
        self._summaries = [
            *_listed(sagemaker, "Artifact"),
            *_listed(sagemaker, "Action"),
            *_listed(sagemaker, "Context"),
        ]
        pages = sagemaker.get_paginator("list_associations").paginate(PaginationConfig=_PAGES)
        self._edges = [edge for page in pages for edge in page["AssociationSummaries"]]

    def of(self, night: StagedNight) -> Contents:
        """The night's share, with its own marks and digests replaced."""
        run = night.document["RunId"].rpartition("-")[2]
        digest = night.document["Dataset"]["Digest"]
        arns = [arn for arn, marks in self._summaries if run in marks or digest in marks]
        indexed = [api.describe(self._sagemaker, arn) for arn in arns]
        refs = {each.arn: each.entity.ref for each in indexed}
        contents = {
            "entities": sorted(_told(each.entity) for each in indexed),
            "associations": sorted(
                [refs.get(source, source), refs.get(destination, destination), kind]
                for source, destination, kind in self._edges_of(refs)
            ),
            "objects": self._objects(night),
        }
        text = json.dumps(contents)
        package = f"{night.document['ModelPackageGroup']}/{night.version}"
        for mark in (run, digest, digest[:32], package):
            text = text.replace(mark, "ITS-OWN")
        replaced: Contents = json.loads(text)
        return replaced

    def _edges_of(self, refs: dict[str, str]) -> Iterator[tuple[str, str, str]]:
        for edge in self._edges:
            if edge["SourceArn"] in refs or edge["DestinationArn"] in refs:
                yield edge["SourceArn"], edge["DestinationArn"], edge["AssociationType"]

    def _objects(self, night: StagedNight) -> list[str]:
        folder = location(night.document["RecordUri"])
        listed = self._s3.list_objects_v2(Bucket=folder["Bucket"], Prefix=folder["Key"])
        return [each["Key"] for each in listed["Contents"]]


def _told(entity: Entity) -> list[str]:
    # A record's digest depends on what the night is called, and so does when its endpoint switched
    # in these tests; that they are there does not.
    properties = {
        key: "ITS OWN" if key.endswith(("RecordSha256", "SwitchedAt")) else value
        for key, value in sorted(entity.properties.items())
        if key != "ModelPackageVersion"
    }
    status = str(entity.status) if isinstance(entity, Action) else ""
    return [entity.ref, entity.type, entity.name, status, json.dumps(properties)]


def _listed(sagemaker: Any, kind: str) -> list[tuple[str, str]]:
    pages = sagemaker.get_paginator(f"list_{kind.lower()}s").paginate(PaginationConfig=_PAGES)
    return [
        (each[f"{kind}Arn"], f"{each.get(f'{kind}Name')} {each['Source']['SourceUri']}")
        for page in pages
        for each in page[f"{kind}Summaries"]
    ]
