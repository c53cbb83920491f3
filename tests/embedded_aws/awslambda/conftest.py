"""What the Lambda tests run: roles, archives, and functions written as text."""

from __future__ import annotations

import io
import itertools
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from embedded_aws.testing import make_role

Make = Callable[..., Any]


def archive(files: dict[str, str]) -> bytes:
    """A zip archive of text files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        for name, text in files.items():
            opened.writestr(name, text)
    return buffer.getvalue()


@pytest.fixture(scope="session")
def zipped() -> Callable[[dict[str, str]], bytes]:
    """Make a zip archive of text files."""
    return archive


@dataclass(frozen=True)
class Answer:
    """What an invocation gave back."""

    value: Any
    error: str | None
    version: str


@pytest.fixture(scope="module")
def unique() -> Callable[[str], str]:
    """A name that no other test of the module has."""
    numbers: Iterator[int] = itertools.count()
    return lambda prefix: f"{prefix}-{next(numbers)}"


@pytest.fixture(scope="module")
def role_arn(client: Make) -> str:
    """A role that Lambda may assume."""
    return make_role(client("iam"), "function-role", "lambda")


@pytest.fixture(scope="module")
def function(client: Make, role_arn: str, unique: Callable[[str], str]) -> Make:
    """Create a function from the text of its module; gives its name."""

    def create(source: str = "def handler(event, context): return event", **options: Any) -> str:
        name = options.pop("FunctionName", None) or unique("function")
        client("lambda").create_function(
            **{
                "FunctionName": name,
                "Runtime": "python3.13",
                "Role": role_arn,
                "Handler": "app.handler",
                "Code": {"ZipFile": archive({"app.py": source})},
                "Timeout": 60,
                **options,
            }
        )
        return name

    return create


@pytest.fixture(scope="module")
def invoke(client: Make) -> Make:
    """Invoke a function and wait for its answer."""

    def invoke(name: str, event: Any = None, **options: Any) -> Answer:
        answer = client("lambda").invoke(
            FunctionName=name, Payload=json.dumps(event or {}), **options
        )
        value = json.loads(answer["Payload"].read())
        return Answer(value, answer.get("FunctionError"), answer["ExecutedVersion"])

    return invoke
