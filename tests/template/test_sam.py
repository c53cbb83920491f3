"""The template as AWS's own tools see it."""

from __future__ import annotations

import os
import subprocess
import tomllib

import pytest

from docs.generate import ROOT

SAM = ROOT / ".venv-sam" / "bin" / "sam"
ENVIRONMENTS = ["default", "prod", "local"]


def test_every_environment_is_validated_alike() -> None:
    """So that one of them stands for all, for each takes the linter seconds."""
    environments = tomllib.loads((ROOT / "samconfig.toml").read_text())
    settings = [environments[name]["validate"]["parameters"] for name in ENVIRONMENTS]
    assert settings == [{"lint": True}] * len(ENVIRONMENTS)


@pytest.mark.slow
def test_sam_validates_and_lints_it() -> None:
    checked = subprocess.run(
        [SAM, "validate", "--config-env", "prod", "--region", "us-east-1"],
        cwd=ROOT,
        env=os.environ | {"SAM_CLI_TELEMETRY": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
    assert "is a valid SAM Template" in checked.stdout
