"""Staging where another execution writes the same at the same moment."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from night.store import Staging


class Contended:
    """A bucket in which so many writes of others come in between."""

    def __init__(self, conflicts: int, last: str | None = None) -> None:
        self.answers = ["ConditionalRequestConflict"] * conflicts + ([last] if last else [])
        self.attempts = 0

    def put_object(self, **_: Any) -> None:
        self.attempts += 1
        if self.answers:
            raise ClientError({"Error": {"Code": self.answers.pop(0)}}, "PutObject")


@pytest.mark.parametrize("last", [None, "PreconditionFailed"])
def test_a_write_that_meets_another_one_is_made_again(last: str | None) -> None:
    bucket = Contended(2, last)
    assert Staging(bucket, "b").put_once("key", "text") == "s3://b/key"
    assert bucket.attempts == 3


def test_writes_of_others_without_end_are_told() -> None:
    with pytest.raises(ClientError, match="ConditionalRequestConflict"):
        Staging(Contended(100), "b").put_once("key", "text")
