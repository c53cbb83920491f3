"""The template as AWS's own tools see it."""

from __future__ import annotations

import os
import subprocess

import pytest

from docs.generate import ROOT

SAM = ROOT / ".venv-sam" / "bin" / "sam"
ENVIRONMENTS = ["default", "prod", "local"]


@pytest.mark.slow
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_sam_validates_and_lints_it(environment: str) -> None:
    checked = subprocess.run(
        [SAM, "validate", "--config-env", environment, "--region", "us-east-1"],
        cwd=ROOT,
        env=os.environ | {"SAM_CLI_TELEMETRY": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
    assert "is a valid SAM Template" in checked.stdout
