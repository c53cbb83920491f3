"""What is in jobs/ runs in sagemaker-xgboost:3.0-5: on Python 3.10, with that image's packages."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

IMAGE_PYTHON = (3, 10)
IMAGE_PACKAGES = {"numpy", "pandas", "pyarrow", "scipy", "sklearn", "xgboost"}
SINCE_3_11 = {
    *("tomllib", "wsgiref.types", "asyncio.TaskGroup", "asyncio.timeout", "datetime.UTC"),
    *("enum.StrEnum", "enum.verify", "enum.EnumCheck", "enum.member", "enum.nonmember"),
    *("contextlib.chdir", "hashlib.file_digest", "logging.getLevelNamesMapping", "math.cbrt"),
    *("math.exp2", "operator.call", "typing.Self", "typing.Never", "typing.LiteralString"),
    *("typing.assert_never", "typing.reveal_type", "typing.Required", "typing.NotRequired"),
    *("typing.TypeVarTuple", "typing.Unpack", "typing.override", "typing.assert_type"),
    *("itertools.batched", "math.sumprod", "collections.abc.Buffer", "copy.replace"),
    *("warnings.deprecated", "ExceptionGroup", "BaseExceptionGroup", "PythonFinalizationError"),
}
MODULES = sorted(Path(__file__).parents[2].joinpath("jobs").glob("**/*.py"))


def imports(tree: ast.AST) -> Iterator[str]:
    """Dotted names that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide what is imported"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def names(tree: ast.AST) -> Iterator[str]:
    """Every imported name, every ``module.attribute`` and every bare name that a module uses."""
    yield from imports(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield ast.unparse(node)
        elif isinstance(node, ast.Name):
            yield node.id


def test_there_is_code_to_hold_to_the_image() -> None:
    assert {"featurise.py", "evaluate.py"} <= {path.name for path in MODULES}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_the_syntax_is_the_images(path: Path) -> None:
    ast.parse(path.read_text(), feature_version=IMAGE_PYTHON)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_nothing_newer_than_the_images_python_is_used(path: Path) -> None:
    assert set(names(ast.parse(path.read_text()))) & SINCE_3_11 == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_only_the_image_and_jobs_are_imported(path: Path) -> None:
    packages = {name.partition(".")[0] for name in imports(ast.parse(path.read_text()))}
    assert packages - sys.stdlib_module_names - IMAGE_PACKAGES <= {"jobs"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_no_container_path_is_written_into_the_code(path: Path) -> None:
    """All paths are arguments, so that the same code runs beneath any root."""
    strings = {
        node.value
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert [text for text in strings if text.startswith("/")] == []


@pytest.mark.parametrize(
    "newer", ["from datetime import UTC", "import datetime\nx = datetime.UTC", "import tomllib"]
)
def test_the_guard_sees_newer_names(newer: str) -> None:
    assert set(names(ast.parse(newer))) & SINCE_3_11


def test_the_guard_sees_newer_syntax() -> None:
    with pytest.raises(SyntaxError):
        ast.parse("try:\n    pass\nexcept* OSError:\n    pass", feature_version=IMAGE_PYTHON)
