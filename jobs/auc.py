"""AUC with DeLong's standard error, and average precision, from scores and labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.floating[Any]]
Mask = npt.NDArray[np.bool_]

NORMAL_QUANTILE_975 = 1.959963984540054


@dataclass(frozen=True)
class AucEstimate:
    """An AUC and its standard error."""

    value: float
    standard_error: float

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % confidence interval, cut to [0, 1]."""
        margin = NORMAL_QUANTILE_975 * self.standard_error
        return max(0.0, self.value - margin), min(1.0, self.value + margin)


def estimate_auc(score: Numbers, positive: Mask) -> AucEstimate:
    """AUC of ``score`` and its standard error by DeLong, in O(n log n).

    The placement of each row among the other class comes from midranks (Sun & Xu, Fast
    Implementation of DeLong's Algorithm, IEEE Signal Processing Letters 2014); ties count half.
    Needs two rows of each class.
    """
    positives, negatives = score[positive], score[~positive]
    pooled = midranks(score)
    won_pairs = pooled[positive].sum() - positives.size * (positives.size + 1) / 2
    above_negatives = (pooled[positive] - midranks(positives)) / negatives.size
    below_positives = 1 - (pooled[~positive] - midranks(negatives)) / positives.size
    variance = (
        above_negatives.var(ddof=1) / positives.size + below_positives.var(ddof=1) / negatives.size
    )
    auc = won_pairs / (positives.size * negatives.size)
    return AucEstimate(float(auc), float(np.sqrt(variance)))


def midranks(score: Numbers) -> npt.NDArray[np.float64]:
    """Rank of each score from 1, equal scores sharing the mean of their ranks."""
    _, group, size = np.unique(score, return_inverse=True, return_counts=True)
    last_rank = np.cumsum(size)
    shared: npt.NDArray[np.float64] = (last_rank - (size - 1) / 2)[group]
    return shared


def average_precision(score: Numbers, positive: Mask) -> float:
    """Mean precision over the recall steps of all thresholds; equal scores are one threshold."""
    order = np.argsort(-score, kind="stable")
    score, positive = score[order], positive[order]
    thresholds = np.flatnonzero(np.append(score[1:] != score[:-1], True))
    found = np.cumsum(positive)[thresholds]
    precision = found / (thresholds + 1)
    return float(np.sum(np.diff(found, prepend=0) * precision) / found[-1])
