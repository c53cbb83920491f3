"""Where it stands how the deployments to an endpoint started and ended: found by keys alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from lineage import names
from lineage.clients import S3
from lineage.records.folder import Folder
from lineage.records.shelf import Shelf


@dataclass(frozen=True)
class Deployments:
    """The records of the deployments to one endpoint.

    Attributes:
        unfinished: Those of the start of deployments without an end, by the deployments' names.
        outcome_uris: Those of the end of all others, by the deployments' names.
        ended_at: When each of these was written, by its URI, as S3 says: to the second.
    """

    unfinished: Mapping[str, str]
    outcome_uris: Mapping[str, str]
    ended_at: Mapping[str, datetime]

    @classmethod
    def find(cls, s3: S3, bucket: str, endpoint_name: str) -> Self:
        """Look through the keys of all nights."""
        return cls.among(Shelf(s3, bucket).folders(), endpoint_name)

    @classmethod
    def among(cls, folders: Iterable[Folder], endpoint_name: str) -> Self:
        """Look through the keys of some nights."""
        unfinished, outcome_uris, ended_at = dict[str, str](), dict[str, str](), {}
        for name, folder in _started(folders, endpoint_name):
            outcome = names.deployment_outcome(name)
            if outcome in folder.titles:
                uri = names.record_uri(folder.uri, outcome)
                outcome_uris[name], ended_at[uri] = uri, folder.written[outcome]
            else:
                unfinished[name] = names.record_uri(folder.uri, name)
        return cls(unfinished, outcome_uris, ended_at)

    def has(self, name: str) -> bool:
        """Whether a deployment is on record."""
        return name in self.unfinished or name in self.outcome_uris


def brought_by(endpoint_name: str, endpoint_config_name: str) -> str:
    """The name of the deployment that brings a configuration, if that is a rollout's."""
    rollout_id = endpoint_config_name.removeprefix(f"{endpoint_name}-")
    return names.deployment(endpoint_name, rollout_id)


def _started(folders: Iterable[Folder], endpoint_name: str) -> Iterator[tuple[str, Folder]]:
    """Each deployment to the endpoint once, and where it lies."""
    ours = f"{names.deployment(endpoint_name, '')}-"
    for folder in folders:
        titles = (it for it in folder.deployments if it.startswith(ours))
        for name in sorted({names.deployment_of(title) for title in titles}):
            yield name, folder
