"""The project with a step more: examples/human-review/human-review.patch on a copy of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from demo.local_aws import ROOT
from embedded_aws.cloudformation.template import parse

PATCH = ROOT / "examples" / "human-review" / "human-review.patch"
_FOLDERS = ("docs", "jobs", "lambdas", "lineage", "ops", "schema", "statemachine", "tests")
_LAYERED = ("lineage", "jobs", "schema")
_DRIFTED = """The project has moved on, and the patch no longer fits. In a clean tree:
  git apply --3way examples/human-review/human-review.patch
  mend what is in conflict, and run the checks of docs/adding-a-step.md, then
  git diff --full-index -U1 HEAD -- . ':!examples' > examples/human-review/human-review.patch
  git add examples && git commit -m "Refresh the example" && git reset --hard"""


class Drifted(RuntimeError):
    """The patch does not apply; the message says how to refresh it."""


def patched(folder: Path) -> Path:
    """Copy the project, without what serves it, and apply the patch to the copy.

    Raises:
        Drifted: it does not apply.
    """
    for name in _FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("template.yaml", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    applied = subprocess.run(
        ["git", "apply", PATCH],
        cwd=folder,
        # Within a repository it would take the paths for those of the repository.
        env=os.environ | {"GIT_CEILING_DIRECTORIES": str(folder.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    if applied.returncode:
        raise Drifted(f"{applied.stderr}{_DRIFTED}")
    return folder


def build(tree: Path, built_layer: Path) -> Path:
    """Do for a patched copy what ``sam build`` does, with the third-party packages of a layer.

    Returns:
        The folder with the template, whose code lies beside it.
    """
    folder = tree / "built"
    shutil.copytree(built_layer, folder / "layer")
    for name in _LAYERED:
        shutil.copytree(tree / name, folder / "layer" / "python" / name, dirs_exist_ok=True)
    for name in ("lambdas", "statemachine"):
        shutil.copytree(tree / name, folder / name)
    template: dict[str, Any] = dict(parse((tree / "template.yaml").read_text()))
    del template["Globals"]["Function"]["CodeUri"]
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "lambdas"
        elif resource["Type"] == "AWS::Serverless::LayerVersion":
            resource["Properties"]["ContentUri"] = "layer"
    (folder / "template.yaml").write_text(json.dumps(template))
    return folder
