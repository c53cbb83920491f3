"""Tells "it does not exist" from every other error of a service."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError

# ResourceNotFoundException, NoSuchEntity, StateMachineDoesNotExist, ...; 404 from HeadBucket
_CODES = re.compile(r"NotFound|NoSuch|DoesNotExist|NonExistent|^404$")


@contextmanager
def tolerating_absence() -> Iterator[None]:
    """Let pass what takes away something that is gone: a change may have stopped half way."""
    try:
        yield
    except ClientError as error:
        if not _says_absent(error):
            raise


def exists(describe: Callable[[], object]) -> bool:
    """Whether the call finds what it describes."""
    try:
        describe()
    except ClientError as error:
        if not _says_absent(error):
            raise
        return False
    return True


def _says_absent(error: ClientError) -> bool:
    return _CODES.search(error.response["Error"]["Code"]) is not None
