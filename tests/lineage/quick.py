"""What makes recordings quick enough to make them by the thousand."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from lineage import names, schema
from tests.lineage.turns import OneAtATime


def make_quick(patch: pytest.MonkeyPatch, pool: Callable[[int], OneAtATime] = OneAtATime) -> None:
    """No threads, and not what equal records cost anew: their indentation and their schema."""
    patch.setattr("lineage.parallel.ThreadPoolExecutor", pool)
    patch.setattr(schema, "require_valid", lambda *_: None)
    compact = SimpleNamespace(loads=json.loads, dumps=lambda it, **_: names.canonical_json(it))
    patch.setattr("lineage.records.record.json", compact)
