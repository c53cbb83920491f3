"""Keys as listings quote them: most are listed over and over."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote

_KEPT_KEYS = 16_384


@lru_cache(maxsize=_KEPT_KEYS)
def quoted(key: str) -> str:
    """A key where a client asked for ``EncodingType`` url."""
    return quote(key)
