"""Documents that templates hold as objects or as text, and APIs take as text."""

from __future__ import annotations

import json


def json_text(value: object) -> str:
    """Text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value)
