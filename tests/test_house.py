"""The rules of the house: who may import whom, and what no file may say."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {
    "embedded_aws": set(),
    "jobs": set(),
    "lineage": set(),
    "lambdas": {"lineage", "jobs.windows", "jobs"},
    "ops": {"lineage"},
    "demo": {"jobs.windows", "ops"},
    "smoke": {"demo", "ops", "lineage"},
}
"""Our own packages that each package may import besides itself.

The Lambdas read a night's windows where the jobs define them, and stage the jobs' sources; the
demonstration asks for the same windows."""

OF_LAMBDAS = {"night", "rollout"}
OURS = {*MAY_IMPORT, *OF_LAMBDAS}
FORBIDDEN = [
    r"pyp[i]\.(org|python)",
    r"pythonhoste[d]",
    r"registry\.npmj[s]",
    r"npmj[s]\.(com|org)",
    r"deb\.debia[n]",
    r"(?<![\w.])/(work|root|home|tmp)/",
    r"--(extra-)?index-url",
]


@cache
def tracked() -> Sequence[Path]:
    """Every file that belongs to the project."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return tuple(ROOT / name for name in listed.stdout.splitlines())


@cache
def text_of(path: Path) -> str:
    return path.read_text(errors="ignore")


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def modules(package: str) -> Iterator[Path]:
    folder = f"{ROOT / package}/"
    return (path for path in tracked() if path.suffix == ".py" and str(path).startswith(folder))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def owner(module: str) -> str:
    """The package of the house that a module belongs to; lambdas/ is the root of several."""
    first = module.split(".", maxsplit=1)[0]
    return "lambdas" if first in OF_LAMBDAS else first


@pytest.mark.parametrize("package", ["lambdas", "lineage"])
def test_no_function_waits(package: str) -> None:
    """For an endpoint or a job, their machines do: nothing here can sleep, or ask until it is."""
    waiting = {
        path.relative_to(ROOT)
        for path in modules(package)
        if {"time", "asyncio", "sched"} & set(imports(path)) or "get_waiter" in path.read_text()
    }
    assert waiting == set()


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_a_package_imports_only_whom_it_may(package: str) -> None:
    strays = {
        f"{path.relative_to(ROOT)} imports {module}"
        for path in modules(package)
        for module in imports(path)
        if module.split(".")[0] in OURS
        and owner(module) != package
        and module not in MAY_IMPORT[package]
        and module.split(".")[0] not in MAY_IMPORT[package] - {"jobs"}
    }
    assert strays == set()


def test_what_records_lineage_needs_nothing_that_answers_questions() -> None:
    answering = {ROOT / "lineage" / "query.py", *modules("lineage/queries")}
    strays = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in modules("lineage")
        for module in imports(path)
        if module.startswith("lineage.quer") and path not in answering
    ]
    assert strays == []


def test_the_import_rule_sees_a_stray_import(tmp_path: Path) -> None:
    stray = tmp_path / "stray.py"
    stray.write_text("from lineage.model import Graph\nimport jobs.features\n")
    assert list(imports(stray)) == ["lineage.model", "jobs.features"]


@pytest.mark.parametrize("pattern", FORBIDDEN)
def test_no_file_names_a_registry_or_a_path_of_a_machine(pattern: str) -> None:
    hits = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked()
        if path != Path(__file__).resolve() and path.is_file() and re.search(pattern, text_of(path))
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if re.search(pattern, line)
    ]
    assert hits == []


@pytest.mark.parametrize(
    "lock", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda p: p.name
)
def test_every_requirement_is_pinned_with_hashes(lock: Path) -> None:
    requirements = [
        text for text in lock.read_text().replace("\\\n", " ").splitlines() if re.match(r"\w", text)
    ]
    assert requirements
    assert [text for text in requirements if "==" not in text or "--hash=sha256:" not in text] == []


def test_every_module_says_why_it_exists() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for package in MAY_IMPORT
        for path in modules(package)
        if not ast.get_docstring(parsed(path))
    ]
    assert silent == []
