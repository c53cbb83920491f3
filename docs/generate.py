"""Generates the documentation's pictures from the code: ``python -m docs.generate [--check]``."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
DEFINITION = ROOT / "statemachine" / "retrain.asl.yaml"
DOCUMENTS = (ROOT / "README.md",)
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
            yield f"{name} --> {choice['Next']}: {_condition(choice['Condition'])}"
        yield f"{name} --> {state['Default']}: otherwise"
    elif "Next" in state:
        yield f"{name} --> {state['Next']}"
    else:
        yield f"{name} --> [*]"
    for catcher in state.get("Catch", []):
        yield f"{name} --> {catcher['Next']}: {', '.join(catcher['ErrorEquals'])}"


def _condition(expression: str) -> str:
    return expression.removeprefix("{%").removesuffix("%}").strip()


def render(text: str) -> str:
    """A document with every generated block made anew."""
    blocks = {"machine": machine_diagram(yaml.safe_load(DEFINITION.read_text()))}

    def replace(found: re.Match[str]) -> str:
        return f"{found[1]}{blocks[found['name']]}\n{found[3]}"

    return _BLOCK.sub(replace, text)


def main() -> int:
    """Write the documents; with ``--check``, only tell which are out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    stale = [path for path in DOCUMENTS if render(path.read_text()) != path.read_text()]
    for path in stale:
        if check:
            print(f"{path.relative_to(ROOT)} is out of date: run python -m docs.generate")
        else:
            path.write_text(render(path.read_text()))
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
