"""State machines on a serving instance, as the interpreter's own tests run them."""

from __future__ import annotations

from tests.embedded_aws.stepfunctions.conftest import machines

__all__ = ["machines"]
