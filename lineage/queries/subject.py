"""What can be asked about: told by its shape, and which nights cannot have had to do with it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from lineage.errors import InvalidSubject
from lineage.records.folder import Folder

_SHORTEST_COMMIT = 7
_DATE = r"\d{4}-\d{2}-\d{2}"
_PARTITION = re.compile(rf"/dt=({_DATE})/")
_RUN_ID = r"\d{8}-[0-9a-f]{8}"


class Kind(StrEnum):
    """What can be asked about."""

    DATA_DATE = "DataDate"
    OBJECT = "Object"
    DIGEST = "Digest"
    IMAGE = "Image"
    COMMIT = "Commit"
    JOB = "Job"
    RUN = "Run"


_SHAPES: Mapping[Kind, str] = {
    Kind.DATA_DATE: _DATE,
    Kind.OBJECT: r"s3://[^/]+/.+",
    Kind.DIGEST: r"[0-9a-f]{64}",
    # A registry's host has a dot or a port; a key without its bucket is no image.
    Kind.IMAGE: r"(?!\w+://|arn:)[^/\s]*[.:][^/\s]*/\S+|sha256:[0-9a-f]{64}",
    # Eight digits are rather a date without its hyphens.
    Kind.COMMIT: rf"(?!\d{{8}}$)[0-9a-f]{{{_SHORTEST_COMMIT},40}}(-dirty)?",
    Kind.JOB: rf"(arn:aws[a-z-]*:sagemaker:\S+-job/)?[a-zA-Z0-9-]+-{_RUN_ID}-r\d+-a\d+-t\d+",
    Kind.RUN: _RUN_ID,
}
_PACKAGE = re.compile(r"v?\d{1,6}|arn:aws[a-z-]*:sagemaker:\S+:model-package/\S+")


@dataclass(frozen=True)
class Subject:
    """Something that nights may have used, or a night itself."""

    kind: Kind
    value: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Tell from its shape what is meant.

        Raises:
            InvalidSubject: it has the shape of nothing that a night uses.
        """
        for kind, shape in _SHAPES.items():
            if re.fullmatch(shape, text) and (kind is not Kind.DATA_DATE or _is_date(text)):
                return cls(kind, text)
        if _PACKAGE.fullmatch(text):
            raise InvalidSubject(
                f"{text} is a package, which no night uses: `nightly explain {text}` tells what"
                " made it and where it served"
            )
        raise InvalidSubject(
            f"{text!r} names nothing that a night uses: give a data date (2026-11-21), the S3 URI"
            " of an input file or of a manifest, the digest of a data set or of code, a commit, an"
            " image URI, a job's name or ARN, or the run id of a night"
        )

    @property
    def is_arn(self) -> bool:
        """Whether it names its account and region."""
        return self.value.startswith("arn:")

    @property
    def data_date(self) -> str | None:
        """The date that it is or lies in, if any."""
        if self.kind is Kind.DATA_DATE:
            return self.value
        dated = _PARTITION.search(self.value) if self.kind is Kind.OBJECT else None
        return dated[1] if dated else None

    @property
    def mention(self) -> str:
        """What the record of a night that used it is bound to contain."""
        if self.data_date:
            return ""
        return json.dumps(self.value, ensure_ascii=False)[1:-1]

    def may_concern(self, folder: Folder) -> bool:
        """Whether the key of a night's records leaves it open; no night reads later data."""
        if self.kind in (Kind.JOB, Kind.RUN):
            return folder.run_id in self.value
        return self.data_date is None or folder.data_date >= self.data_date


def _is_date(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
