"""Taking away what is not there is no failure: a change may have stopped half way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError

# ResourceNotFoundException, NoSuchEntity, StateMachineDoesNotExist, QueueDoesNotExist, ...
_CODES = re.compile(r"NotFound|NoSuch|DoesNotExist|NonExistent")


@contextmanager
def tolerating_absence() -> Iterator[None]:
    """Ignore the error that says that the thing to take away does not exist."""
    try:
        yield
    except ClientError as error:
        if not _CODES.search(error.response["Error"]["Code"]):
            raise
