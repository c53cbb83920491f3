"""Generates from the code what the documentation shows: ``python -m docs.generate [--check]``."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from docs.architecture import calls_diagram, functions_table, imports_table
from docs.commands import commands_table
from docs.cost import bill_table, others_table, prices_table, transitions_table
from docs.failure_policy import policy_table
from docs.lineage_answers import answers
from docs.lineage_graph import costs_table, graph_diagram, vocabulary_table
from docs.operations import operations_page
from docs.parameters import parameters_table
from docs.permissions import permissions_page

ROOT = Path(__file__).parents[1]
DEFINITION = ROOT / "statemachine" / "retrain.asl.yaml"
ROLLOUT_DEFINITION = ROOT / "statemachine" / "rollout.asl.yaml"
DOCUMENTS = tuple(
    ROOT / each
    for each in (
        "README.md",
        "docs/architecture.md",
        "docs/cost.md",
        "docs/failures.md",
        "docs/operator.md",
        "docs/rollout.md",
        "docs/lineage.md",
        "docs/parameters.md",
        "docs/adding-a-step.md",
    )
)
OPERATIONS = ROOT / "docs" / "embedded-aws-operations.md"
PERMISSIONS = ROOT / "docs" / "iam.md"
PAGES: Mapping[Path, Callable[[], str]] = {
    OPERATIONS: operations_page,
    PERMISSIONS: permissions_page,
}
"""Documents that are generated as a whole."""
_BLOCK = re.compile(r"(<!-- generated: (?P<name>[a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def machine_diagram(definition: Mapping[str, Any]) -> str:
    """A Mermaid state diagram of an ASL definition."""
    lines = ["stateDiagram-v2", f"    [*] --> {definition['StartAt']}"]
    for name, state in definition["States"].items():
        lines += [f"    {line}" for line in _transitions(name, state)]
    return "\n".join(["```mermaid", *lines, "```"])


def _transitions(name: str, state: Mapping[str, Any]) -> Iterator[str]:
    if state["Type"] == "Choice":
        yield f"state {name} <<choice>>"
        for choice in state["Choices"]:
            yield f"{name} --> {choice['Next']}: {_condition(choice)}"
        yield f"{name} --> {state['Default']}: otherwise"
    elif "Next" in state:
        yield f"{name} --> {state['Next']}"
    else:
        yield f"{name} --> [*]"
    for catcher in state.get("Catch", []):
        yield f"{name} --> {catcher['Next']}: {', '.join(catcher['ErrorEquals'])}"


def _condition(choice: Mapping[str, str]) -> str:
    expression = choice["Condition"].removeprefix("{%").removesuffix("%}").strip()
    return choice.get("Comment", expression)


def render(text: str, *, outputs: Path | None = None) -> str:
    """A document with its generated blocks made anew.

    The blocks that show what ``make run`` printed are taken from the folder ``outputs`` that it
    wrote, and left as they are without one.
    """
    made: dict[str, Callable[[], str]] = dict(_BLOCKS)
    if outputs is not None:
        printed = {name: outputs / f"{name}.txt" for name in ("nights", "explain")}
        made |= {name: partial(_printed, path) for name, path in printed.items()}

    def replace(found: re.Match[str]) -> str:
        name = found["name"]
        return f"{found[1]}{made[name]()}\n{found[3]}" if name in made else found[0]

    return _BLOCK.sub(replace, text)


def block(text: str, name: str) -> str:
    """What stands in one generated block of a document."""
    return next(found[0] for found in _BLOCK.finditer(text) if found["name"] == name)


def _printed(path: Path) -> str:
    return _fenced(path.read_text())


def _answer(operation: str) -> str:
    return _fenced(answers()[operation, "text"])


def _drawn(operation: str) -> str:
    return _fenced(answers()[operation, "mermaid"], "mermaid")


def _fenced(text: str, language: str = "") -> str:
    return "\n".join([f"```{language}", text.strip("\n"), "```"])


_BLOCKS: Mapping[str, Callable[[], str]] = {
    "machine": lambda: machine_diagram(yaml.load(DEFINITION.read_text(), yaml.CSafeLoader)),
    "rollout": lambda: machine_diagram(yaml.load(ROLLOUT_DEFINITION.read_text(), yaml.CSafeLoader)),
    "architecture-calls": calls_diagram,
    "architecture-functions": functions_table,
    "architecture-imports": imports_table,
    "commands": commands_table,
    "parameters": parameters_table,
    "cost-bill": bill_table,
    "cost-transitions": transitions_table,
    "cost-others": others_table,
    "cost-prices": prices_table,
    "failure-policy": policy_table,
    "lineage-graph": graph_diagram,
    "lineage-vocabulary": vocabulary_table,
    "lineage-costs": costs_table,
    "lineage-explain-drawn": lambda: _drawn("explain"),
    "lineage-impact-drawn": lambda: _drawn("impact"),
    **{
        f"lineage-{operation}": partial(_answer, operation)
        for operation in ("explain", "diff", "impact", "asof", "audit", "plan", "budget")
    },
}
"""What makes each generated block; the slow ones are made only where they stand."""


def main() -> int:
    """Write the documents; with ``--check``, only tell which are out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--outputs", type=Path, help="the folder that make run wrote")
    given = parser.parse_args()
    made: dict[Path, Callable[[], str]] = {
        **{path: partial(_rendered, path, given.outputs) for path in DOCUMENTS},
        **PAGES,
    }
    # One after the other: what a night costs is told from the nights that the README shows.
    stale = [path for path, make in made.items() if _is_stale(path, make(), keep=given.check)]
    for path in stale if given.check else ():
        print(f"{path.relative_to(ROOT)} is out of date: run python -m docs.generate")
    return 1 if given.check and stale else 0


def _rendered(path: Path, outputs: Path | None) -> str:
    return render(path.read_text(), outputs=outputs)


def _is_stale(path: Path, page: str, *, keep: bool) -> bool:
    stale = page != path.read_text()
    if stale and not keep:
        path.write_text(page)
    return stale


if __name__ == "__main__":
    sys.exit(main())
