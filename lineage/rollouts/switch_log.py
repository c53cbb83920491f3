"""The switch log: what each endpoint served since when, one object a switch, never rewritten.

The key of a switch is its instant, so whatever is recorded, and however often, an endpoint serves
one thing at a time.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from lineage.clients import S3
from lineage.errors import RecordConflict, RecordMissing
from lineage.parallel import map_parallel
from lineage.records.archive import Archive, answered_at
from lineage.records.lock import RetentionLock
from lineage.rollouts.switches import Switch

_PREFIX = "lineage/endpoint="
_KEY = re.compile(rf"{_PREFIX}(?P<endpoint>[^/]+)/(?P<instant>\d{{8}}T\d{{6}}\.\d{{3}}Z)\.json")
_INSTANT = "%Y%m%dT%H%M%S.%fZ"


@dataclass(frozen=True)
class Instants:
    """When each endpoint switched, in order, as the log had it at an instant."""

    of: Mapping[str, Sequence[datetime]]
    listed_at: datetime


@dataclass(frozen=True)
class SwitchLog:
    """The switches of all endpoints of a bucket."""

    s3: S3
    bucket: str

    def append(self, switch: Switch, lock: RetentionLock | None = None) -> None:
        """Write a switch; safe to repeat.

        Raises:
            RecordConflict: another deployment moved the endpoint at the same millisecond.
        """
        text = json.dumps(switch.document, sort_keys=True, indent=2) + "\n"
        try:
            Archive(self.s3).write_once(self._uri(switch.endpoint_name, switch.at), text, lock)
        except RecordConflict:
            if not switch.is_told_by(self.read(switch.endpoint_name, switch.at)):
                raise

    def instants(self, endpoint_name: str | None = None) -> Instants:
        """All switches of one endpoint, or of every one; reads none of them."""
        below = _PREFIX if endpoint_name is None else f"{_PREFIX}{endpoint_name}/"
        found = defaultdict[str, list[datetime]](list)
        listed_at = datetime.min.replace(tzinfo=UTC)
        for page in Archive(self.s3).pages(self.bucket, below):
            listed_at = answered_at(page)
            for key in filter(None, (_KEY.fullmatch(item["Key"]) for item in page["Contents"])):
                at = datetime.strptime(key["instant"], _INSTANT).replace(tzinfo=UTC)
                found[key["endpoint"]].append(at)
        return Instants({name: sorted(each) for name, each in found.items()}, listed_at)

    def switches(self, instants: Instants | None = None) -> dict[str, list[Switch]]:
        """Every switch of every endpoint, in the order of their instants; reads all of them."""
        switched = (instants or self.instants()).of
        keys = [(name, at) for name, each in switched.items() for at in each]
        read = iter(map_parallel(lambda key: self.read(*key), keys))
        return {name: [next(read) for _ in each] for name, each in switched.items()}

    def read(self, endpoint_name: str, at: datetime) -> Switch:
        """One switch.

        Raises:
            RecordMissing: it is not there any more.
        """
        switch = self.find(endpoint_name, at)
        if switch is None:
            uri = self._uri(endpoint_name, at)
            raise RecordMissing(f"{uri} was listed and is gone meanwhile: ask again.")
        return switch

    def find(self, endpoint_name: str, at: datetime) -> Switch | None:
        """The switch of an instant, if there is one."""
        document = Archive(self.s3).read_json(self._uri(endpoint_name, at))
        return None if document is None else Switch.parse(document)

    def reader(self, endpoint_name: str, switched: Sequence[datetime]) -> Callable[[int], Switch]:
        """Reads the switches of an endpoint by their number, each of them once."""
        return cache(lambda number: self.read(endpoint_name, switched[number]))

    def last(self, endpoint_name: str, switched: Sequence[datetime]) -> Switch | None:
        """The last of the switches of an endpoint; None if there are none."""
        return self.read(endpoint_name, switched[-1]) if switched else None

    def folder_uri(self, endpoint_name: str) -> str:
        """Where the switches of an endpoint lie."""
        return f"s3://{self.bucket}/{_PREFIX}{endpoint_name}/"

    def _uri(self, endpoint_name: str, at: datetime) -> str:
        text = at.astimezone(UTC).strftime(_INSTANT)
        milliseconds = f"{text[:-4]}Z"
        return f"{self.folder_uri(endpoint_name)}{milliseconds}.json"
