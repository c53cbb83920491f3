"""State machines on a serving instance, through its API or on the interpreter itself."""

from __future__ import annotations

import pytest

from embedded_aws.instance import Instance
from tests.contract.asl.interpreter import Interpreter
from tests.embedded_aws.stepfunctions.conftest import ROLE_ARN, Machines, machines

__all__ = ["machines"]


@pytest.fixture(scope="module")
def interpreter(aws: Instance, machines: Machines) -> Interpreter:
    """The role that ``machines`` has made is whom tasks act as."""
    assert machines.aws is aws
    return Interpreter(aws.environment, ROLE_ARN)
