"""Scores the holdout with the model that serves in production, in a process of its own.

That model comes from another night, and perhaps from another XGBoost: one that is damaged may kill
the process that loads it, or never come back (of 300 models with a few bytes changed, 41 ended
XGBoost 3.0.5 by a segmentation fault and 6 hung). It is a second opinion, which must not cost the
night's own evaluation.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from jobs import channels, exit_message
from jobs.errors import FeatureMismatch
from jobs.features import FEATURES
from jobs.scoring import load_model, require_finite, score_channel

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

LONGEST_SECONDS = 900
"""A quarter of what the whole job has; a model that serves scores a holdout in seconds."""


class NotCompared(Exception):
    """Why there is no second opinion, on one line."""


@dataclass(frozen=True)
class Champion:
    """A model, and the digest of the names of the features that it was trained on, in order."""

    model: Path
    features: str

    def score(self, holdout: Path, content_type: str) -> npt.NDArray[np.float32]:
        """The champion's scores of a channel, row by row; NotCompared if there are none."""
        with tempfile.TemporaryDirectory() as folder:
            output = Path(folder) / "scores.npy"
            self._run(
                f"--model={self.model}",
                f"--features={self.features}",
                f"--holdout={holdout}",
                f"--content-type={content_type}",
                f"--output={output}",
            )
            scores: npt.NDArray[np.float32] = np.load(output)
        return scores

    def _run(self, *arguments: str) -> None:
        try:
            ended = subprocess.run(  # noqa: S603  # this module
                [sys.executable, "-m", "jobs.champion", *arguments],
                capture_output=True,
                text=True,
                timeout=LONGEST_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            raise NotCompared(f"ChampionOverran: no scores after {LONGEST_SECONDS} s") from late
        if ended.returncode:
            raise NotCompared(_reason(ended))


def _reason(ended: subprocess.CompletedProcess[str]) -> str:
    """A failure by name is on the output; what else ended the process, last on the error's."""
    told = ended.stdout.strip() or ended.stderr.strip() or f"exit code {ended.returncode}"
    last = told.splitlines()[-1]
    return last if ended.stdout.strip() else f"ChampionCrashed: {last} ({ended.returncode})"


def features_digest() -> str:
    """The digest of this version's features, as lineage knows a list: canonical JSON."""
    return hashlib.sha256(json.dumps(FEATURES, separators=(",", ":")).encode()).hexdigest()


def score(arguments: Sequence[str]) -> str:
    """Write the scores of a channel to a file, and return how many there are."""
    parser = exit_message.ArgumentParser(prog="jobs.champion", allow_abbrev=False)
    for path in ("model", "holdout", "output"):
        parser.add_argument(f"--{path}", type=Path, required=True)
    parser.add_argument("--features", required=True)
    parser.add_argument("--content-type", choices=sorted(channels.SUFFIXES), required=True)
    given = parser.parse_args(arguments)
    if given.features != features_digest():
        raise FeatureMismatch("the champion was trained on other features than the holdout has")
    scores, _, _ = score_channel(load_model(given.model), given.holdout, given.content_type)
    require_finite(scores)
    np.save(given.output, scores)
    return f"{scores.size} scores"


if __name__ == "__main__":
    sys.exit(exit_message.run(score, sys.argv[1:]))
