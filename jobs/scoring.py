"""What a trained model says of every row of a channel."""

from __future__ import annotations

import tarfile
import zlib
from typing import TYPE_CHECKING

import numpy as np
import xgboost as xgb

from jobs import channels
from jobs.errors import AucNotFinite, FeatureMismatch, ModelUnreadable
from jobs.sample import Sample

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

MODEL_MEMBER = "xgboost-model"
"""The file that the built-in algorithm puts into model.tar.gz."""
UNREADABLE = (OSError, EOFError, zlib.error, tarfile.TarError, KeyError, xgb.core.XGBoostError)
"""What a missing, damaged or foreign artifact raises, depending on where it breaks."""


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


def require_finite(score: npt.NDArray[np.float32]) -> None:
    """AucNotFinite unless each row has one score, which is a number."""
    unusable = int((~np.isfinite(score)).sum())
    if unusable or score.ndim != 1:
        raise AucNotFinite(
            f"{unusable} of {len(score)} scores, of shape {score.shape}, are not finite numbers:"
            " check the objective and the hyperparameters that the model was trained with"
        )
