"""The objects a night reads, and the proof that exactly they have arrived."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jobs.errors import InvalidArgument, SourceMismatch

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Manifest:
    """What objects.json says: the digest over the objects, and the size of each in bytes."""

    digest: str
    sizes: tuple[int, ...]

    @classmethod
    def read(cls, path: Path) -> Manifest:
        """Read objects.json; InvalidArgument if it is not there or not of its form."""
        try:
            document = json.loads(path.read_bytes())
            return cls(
                digest=str(document["digest"]),
                sizes=tuple(int(entry["size"]) for entry in document["objects"]),
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InvalidArgument(
                f"--manifest {path} is not an objects.json ({error!r}): name the file that was"
                " written beside the SageMaker manifest"
            ) from error

    def files_in(self, source: Path) -> list[Path]:
        """The files beneath ``source``, if their count and sizes are those of the objects.

        Whether SageMaker keeps the objects' relative key paths is not documented, so names prove
        nothing and are not looked at.
        """
        files = sorted(path for path in source.rglob("*.parquet") if path.is_file())
        sizes = [path.stat().st_size for path in files]
        if not files or Counter(sizes) != Counter(self.sizes):
            raise SourceMismatch(
                f"{source} has {len(files)} files of {sum(sizes)} bytes, manifest"
                f" {self.digest} names {len(self.sizes)} objects of {sum(self.sizes)} bytes:"
                " snapshot the input again and start the night anew"
            )
        return files
