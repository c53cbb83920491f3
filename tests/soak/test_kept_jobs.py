"""A job that is replayed leaves what the first one left, for a night of its own."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.soak.kept_jobs import keeping_python

FEATURISE = """
import json, pathlib, sys
out = pathlib.Path("opt/ml/processing/output/summary")
out.mkdir(parents=True)
source = json.loads(pathlib.Path("opt/ml/processing/input/manifest/objects.json").read_text())
summary = {"dataDate": sys.argv[2], "sourceDigest": source["digest"], "source": {"objects": 1}}
(out / "summary.json").write_text(json.dumps(summary))
print("made by", sys.argv[2])
"""


def featurised(python: Path, container: Path, data_date: str, digest: str, count: int) -> str:
    """Run the job in a container's folder; what it printed."""
    (container / "opt/ml/processing/input/manifest").mkdir(parents=True)
    (container / "featurise.py").write_text(FEATURISE)
    document = {"digest": digest, "objects": [{"etag": "e"}] * count}
    objects = container / "opt/ml/processing/input/manifest/objects.json"
    objects.write_text(json.dumps(document, indent=2))
    command = [python, "-m", "featurise", "--data-date", data_date]
    return subprocess.run(command, cwd=container, check=True, capture_output=True, text=True).stdout


def test_a_replayed_job_prints_and_leaves_the_same_under_its_own_date_and_source(
    tmp_path: Path,
) -> None:
    python = keeping_python(tmp_path)
    first = featurised(python, tmp_path / "first", "2026-11-08", "aa11", 1)
    second = featurised(python, tmp_path / "second", "2026-11-09", "bb22", 2)
    assert first == second == "made by 2026-11-08\n"
    summary = tmp_path / "second/opt/ml/processing/output/summary/summary.json"
    assert json.loads(summary.read_text()) == {
        "dataDate": "2026-11-09",
        "sourceDigest": "bb22",
        "source": {"objects": 2},
    }
