"""AUCs and their paired differences with DeLong's errors, and average precision, from scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.floating[Any]]
Mask = npt.NDArray[np.bool_]
Placements = npt.NDArray[np.float64]

NORMAL_QUANTILE_975 = 1.959963984540054


@dataclass(frozen=True)
class Estimate:
    """A figure of at most 1, and its standard error."""

    value: float
    standard_error: float
    lowest: ClassVar[float]

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % confidence interval, cut to what the figure can be."""
        margin = NORMAL_QUANTILE_975 * self.standard_error
        return max(self.lowest, self.value - margin), min(1.0, self.value + margin)


class AucEstimate(Estimate):
    """An AUC."""

    lowest = 0.0


class AucDifference(Estimate):
    """The difference of two AUCs on the same rows."""

    lowest = -1.0


def estimate_auc(score: Numbers, positive: Mask) -> AucEstimate:
    """AUC of ``score`` and its standard error by DeLong, in O(n log n).

    Needs two rows of each class; ties count half.
    """
    positives, negatives = score[positive], score[~positive]
    won_pairs = midranks(score)[positive].sum() - positives.size * (positives.size + 1) / 2
    auc = won_pairs / (positives.size * negatives.size)
    return AucEstimate(float(auc), _standard_error(*placements(score, positive)))


def compare_aucs(score: Numbers, other: Numbers, positive: Mask) -> AucDifference:
    """How much larger the AUC of ``score`` is than that of ``other`` on the same rows.

    Paired: the variance of a difference of two correlated AUCs is that of the differences of their
    placements, which is DeLong's S11 + S22 - 2 S12 (DeLong, DeLong & Clarke-Pearson, Comparing the
    Areas under Two or More Correlated ROC Curves, Biometrics 1988).
    """
    above, below = placements(score, positive)
    above_of_other, below_of_other = placements(other, positive)
    value = estimate_auc(score, positive).value - estimate_auc(other, positive).value
    return AucDifference(value, _standard_error(above - above_of_other, below - below_of_other))


def placements(score: Numbers, positive: Mask) -> tuple[Placements, Placements]:
    """For each positive the part of negatives below it, for each negative that of positives above.

    They come from midranks, so equal scores count half (Sun & Xu, Fast Implementation of DeLong's
    Algorithm, IEEE Signal Processing Letters 2014).
    """
    positives, negatives = score[positive], score[~positive]
    pooled = midranks(score)
    above_negatives = (pooled[positive] - midranks(positives)) / negatives.size
    below_positives = 1 - (pooled[~positive] - midranks(negatives)) / positives.size
    return above_negatives, below_positives


def _standard_error(above: Placements, below: Placements) -> float:
    return float(np.sqrt(above.var(ddof=1) / above.size + below.var(ddof=1) / below.size))


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
