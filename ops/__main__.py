"""``python -m ops`` is ``nightly``."""

from __future__ import annotations

from ops.cli import app

app(prog_name="nightly")
