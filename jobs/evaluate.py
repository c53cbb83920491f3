"""The evaluate job: scores the holdout with the night's model, and writes how well it did."""

from __future__ import annotations

import json
import sys
import tarfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xgboost as xgb

from jobs import channels, exit_message
from jobs.auc import AucEstimate, average_precision, estimate_auc
from jobs.errors import AucNotFinite, FeatureMismatch, ModelUnreadable, SingleClassHoldout
from jobs.sample import Sample
from jobs.split import FEWEST_PER_CLASS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

MODEL_MEMBER = "xgboost-model"
"""The file that the built-in algorithm puts into model.tar.gz."""
UNREADABLE = (OSError, EOFError, zlib.error, tarfile.TarError, KeyError, xgb.core.XGBoostError)
"""What a missing, damaged or foreign artifact raises, depending on where it breaks."""


def evaluate(arguments: Sequence[str]) -> str:
    """Score the holdout, write evaluation.json and sample.json, return a closing line."""
    parser = exit_message.ArgumentParser(prog="jobs.evaluate", allow_abbrev=False)
    for path in ("model", "holdout", "output", "message"):
        parser.add_argument(f"--{path}", type=Path, required=True)
    parser.add_argument("--content-type", choices=sorted(channels.SUFFIXES), default=channels.CSV)
    given = parser.parse_args(arguments)
    score, positive, sample = score_channel(
        load_model(given.model), given.holdout, given.content_type
    )
    _check_scores(score, positive)
    auc = estimate_auc(score, positive)
    document = describe(auc, average_precision(score, positive), positive)
    given.output.mkdir(parents=True, exist_ok=True)
    _write(given.output / "evaluation.json", document)
    _write(given.output / "sample.json", sample.described())
    return f"AUC {auc.value:.4f} ± {auc.standard_error:.4f} on {positive.size} holdout rows"


def load_model(folder: Path) -> xgb.Booster:
    """The model in ``folder``/model.tar.gz; ModelUnreadable if there is none."""
    artifact = folder / "model.tar.gz"
    booster = xgb.Booster()
    try:
        with tarfile.open(artifact) as archive:
            booster.load_model(_read_member(archive))
    except UNREADABLE as error:
        reason = str(error).partition("\n")[0]
        raise ModelUnreadable(f"{artifact}: {reason}; check the training job's output") from error
    return booster


def _read_member(archive: tarfile.TarFile) -> bytearray:
    member = archive.extractfile(MODEL_MEMBER)
    content = bytearray(member.read() if member else b"")
    if not content:
        # XGBoost 3.2 aborts the whole process when it is to load an empty buffer.
        raise tarfile.ReadError(f"{MODEL_MEMBER} is not a file with content")
    return content


def score_channel(
    booster: xgb.Booster, folder: Path, content_type: str
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_], Sample]:
    """The model's score of every row of a channel, whether the row is a fraud, and a sample."""
    scores, labels, samples = [], [], []
    for features, label in channels.read_channel(folder, content_type):
        if booster.num_features() != features.shape[1]:
            raise FeatureMismatch(
                f"the model knows {booster.num_features()} features, {folder} has"
                f" {features.shape[1]}: evaluate a model with the holdout of its own night"
            )
        scores.append(booster.predict(xgb.DMatrix(features)))
        labels.append(label == 1)
        samples.append(Sample.of(features, scores[-1]))
    return np.concatenate(scores), np.concatenate(labels), Sample.of_pieces(samples)


def _check_scores(score: npt.NDArray[np.float32], positive: npt.NDArray[np.bool_]) -> None:
    frauds = int(positive.sum())
    if min(frauds, positive.size - frauds) < FEWEST_PER_CLASS:
        raise SingleClassHoldout(
            f"the holdout has {frauds} frauds in {positive.size} rows, an AUC with its standard"
            f" error takes {FEWEST_PER_CLASS} of each class: check the labels of its days"
        )
    unusable = int((~np.isfinite(score)).sum())
    if unusable or score.ndim != 1:
        raise AucNotFinite(
            f"{unusable} of {len(score)} scores, of shape {score.shape}, are not finite numbers:"
            " check the objective and the hyperparameters that the model was trained with"
        )


def describe(auc: AucEstimate, precision: float, positive: npt.NDArray[np.bool_]) -> dict[str, Any]:
    """evaluation.json: SageMaker's model quality layout, with the interval and counts beside it.

    As in SageMaker's own reports, a standard deviation that is not computed is the string "NaN"
    (developer guide, "Model quality metrics and Amazon CloudWatch monitoring").
    """
    lower, upper = auc.interval
    frauds = int(positive.sum())
    return {
        "version": 1,
        "binary_classification_metrics": {
            "auc": {"value": auc.value, "standard_deviation": auc.standard_error},
            "average_precision": {"value": precision, "standard_deviation": "NaN"},
        },
        "auc_interval": {"method": "DeLong", "level": 0.95, "lower": lower, "upper": upper},
        "counts": {"rows": positive.size, "positives": frauds, "negatives": positive.size - frauds},
    }


def _write(path: Path, document: dict[str, Any]) -> None:
    path.write_text(json.dumps(document, indent=2, allow_nan=False) + "\n")


if __name__ == "__main__":
    sys.exit(exit_message.run(evaluate, sys.argv[1:]))
