"""What the documents tell to type of the AWS CLI is of operations and options that there are."""

from __future__ import annotations

import re
import shlex

import pytest
from botocore import xform_name

from docs.generate import ROOT
from embedded_aws.gateway.protocol import service_model

DOCUMENTS = ["README.md", *(f"docs/{it.name}" for it in sorted(ROOT.glob("docs/*.md")))]
TYPED = re.compile(r"(?:^|[`(])aws ([a-z0-9-]+ [a-z-]+[^`\n]*)", re.MULTILINE)
OF_THE_CLI = {"query", "output", "endpoint-url", "region"}
HIGH_LEVEL = {"s3": {"cp", "ls", "rm", "sync"}}
COMMANDS = sorted(
    {typed for document in DOCUMENTS for typed in TYPED.findall((ROOT / document).read_text())}
)


def test_some_are_found() -> None:
    assert any(it.startswith("cloudwatch describe-alarms") for it in COMMANDS)


@pytest.mark.parametrize("typed", COMMANDS)
def test_the_operation_and_its_options_exist(typed: str) -> None:
    service, command, *words = shlex.split(typed.replace("$(", "(").rstrip(").,"))
    if command in HIGH_LEVEL.get(service, ()):
        return
    model = service_model("s3" if service == "s3api" else service)
    operations = {xform_name(name, "-"): name for name in model.operation_names}
    assert command in operations
    options = {word.removeprefix("--") for word in words if word.startswith("--")}
    shape = model.operation_model(operations[command]).input_shape
    known = {xform_name(name, "-") for name in shape.members} if shape else set()
    assert options - OF_THE_CLI <= known
