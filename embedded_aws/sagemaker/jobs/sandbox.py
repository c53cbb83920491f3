"""The folder that stands for one container's file system: programs find ``/opt/ml`` in it."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CONTRACT_ROOT = "/opt/ml"
_MENTION = re.compile(r"(?<![\w./-])/opt/ml(?![\w.-])")


@dataclass(frozen=True)
class Sandbox:
    """One host's file system, rooted at ``root`` instead of ``/``.

    Nothing on this machine lies under ``/opt/ml``, so every text that reaches the program
    (arguments, environment, configuration files) is rewritten to the sandbox's paths.
    """

    root: Path

    def path(self, container_path: str) -> Path:
        """Where a container path lies on this machine.

        Raises:
            ValueError: the path leaves ``/opt/ml``.
        """
        if not is_within(container_path, CONTRACT_ROOT):
            raise ValueError(f"{container_path} does not lie under {CONTRACT_ROOT}")
        return self.root / os.path.normpath(container_path).lstrip("/")

    def folder(self, container_path: str) -> Path:
        """Like ``path``, made if it is not there."""
        folder = self.path(container_path)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def rewrite(self, text: str) -> str:
        """Replace every ``/opt/ml`` that starts a path."""
        return _MENTION.sub(lambda _: f"{self.root}{CONTRACT_ROOT}", text)

    def restore(self, text: str) -> str:
        """The inverse of ``rewrite``: what the program said, with the container's own paths."""
        return re.sub(rf"{re.escape(str(self.root))}(?:/|(?![\w.-]))", "/", text)

    def write_json(self, container_path: str, document: Any) -> None:  # noqa: ANN401  # any JSON
        """Write a configuration file as the container will read it."""
        path = self.path(container_path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.rewrite(json.dumps(document, default=str)), encoding="utf-8")


def is_within(container_path: str, folder: str) -> bool:
    """Whether an absolute container path is ``folder`` or lies beneath it."""
    path = os.path.normpath(container_path)
    return path == folder or path.startswith(f"{folder}/")
