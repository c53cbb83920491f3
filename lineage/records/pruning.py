"""The notes about a night that retention takes from SageMaker's graph, and that may come back.

Retention and recorders work side by side, and SageMaker locks nothing. So each writes to S3 what it
is about to do before it touches SageMaker, and looks there again when it has:

- A recorder writes the record, then the graph, and then looks for a note of a pruning. If there is
  one, it calls the pruning off, and brings back the whole night.
- Retention notes that it begins, empties the graph, notes that the night is pruned, and then looks
  whether somebody recorded since, or called it off. If so, it brings back the whole night itself,
  for nobody else knows what it removed last; only then it takes back its first note.

Whoever looks last sees the other. Wherever retention is cut off, its first note is there for the
next run; and what a recorder wrote that was cut off is younger than the note of the pruning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from lineage import names
from lineage.clients import S3
from lineage.facts import Document, iso_time
from lineage.records.archive import Archive, location
from lineage.records.folder import Folder
from lineage.records.lock import RetentionLock

_CALLED_OFF = "CalledOff"


@dataclass(frozen=True)
class Notes:
    """What is noted beside the records of a night, of which the digests are the only proof left.

    Attributes:
        titles: Which notes there are.
    """

    archive: Archive
    folder_uri: str
    titles: frozenset[str]

    @classmethod
    def of(cls, s3: S3, folder: Folder) -> Self:
        """The notes that were listed with a folder."""
        return cls(Archive(s3), folder.uri, folder.notes)

    def digests(self) -> dict[str, str]:
        """The digests of the night's records by title, as the latest note has them."""
        # The latest first: who deletes one has written what takes its place before.
        read = [self._read(title) for title in reversed(names.NOTES)] if self.titles else []
        told = (note.get("Records", {}) for note in reversed(read))
        return {title: sha256 for each in told for title, sha256 in each.items()}

    def is_called_off(self) -> bool:
        """Whether a recorder wants the night that is being pruned to stay."""
        return _CALLED_OFF in self._read(names.PRUNING)

    def begin(self, digests: Mapping[str, str], night: Document) -> None:
        """Note that the night is being pruned."""
        self._write(names.PRUNING, {"Records": dict(digests)}, night)

    def conclude(self, digests: Mapping[str, str], night: Document) -> bool:
        """Note that the night is pruned; return whether nobody has called that off."""
        self._write(names.PRUNED, {"Records": dict(digests)}, night)
        return self._read(names.PRUNING) == {"Records": digests}

    def call_off(self, night: Document) -> None:
        """Have whoever prunes the night bring it back."""
        if names.PRUNING in self.titles:
            told = {"Records": self.digests(), _CALLED_OFF: True}
            self._write(names.PRUNING, told, night)

    def take_back(self, night: Document) -> None:
        """Note that a night is in SageMaker's graph again.

        The digests stay: SageMaker's graph knows some of them no more.
        """
        self._write(names.REINSTATED, {"Records": self.digests()}, night)
        self.archive.delete(self._uri(names.PRUNED))

    def end(self) -> None:
        """Note that nobody is at the night any more."""
        self.archive.delete(self._uri(names.PRUNING))

    def _uri(self, title: str) -> str:
        return names.note_uri(self.folder_uri, title)

    def _read(self, title: str) -> Document:
        note: Document = self.archive.read_json(self._uri(title)) or {}
        return note

    def _write(self, title: str, told: dict[str, Any], night: Document) -> None:
        lock = RetentionLock.parse(night)
        if lock:
            now = self.archive.clock(location(self.folder_uri)["Bucket"])
            lock = replace(lock, since=iso_time(now))
        self.archive.write(self._uri(title), names.canonical_json(told), lock)
