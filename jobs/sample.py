"""A few holdout rows with their scores, by which an endpoint proves that it serves this model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from jobs.features import Floats

MOST_ROWS = 100


@dataclass(frozen=True)
class Sample:
    """Rows of features, shape (rows, features), and the score of each."""

    features: Floats
    score: npt.NDArray[np.float32]

    @classmethod
    def of(cls, features: Floats, score: npt.NDArray[np.float32]) -> Sample:
        """At most 100 of the rows, evenly spread over the order of their scores."""
        order = np.argsort(score, kind="stable")
        places = np.linspace(0, len(order) - 1, min(MOST_ROWS, len(order)))
        chosen = order[np.rint(places).astype(int)]
        return cls(features[chosen], score[chosen])

    @classmethod
    def of_pieces(cls, pieces: Iterable[Sample]) -> Sample:
        """One sample of all the pieces that a channel was read in."""
        kept = list(pieces)
        return cls.of(
            np.concatenate([piece.features for piece in kept]),
            np.concatenate([piece.score for piece in kept]),
        )

    def described(self) -> dict[str, Any]:
        """sample.json: lines of CSV as an endpoint takes them, and the scores that it must return.

        A 32-bit float written as the shortest text of the 64-bit one reads back as itself.
        """
        return {
            "version": 1,
            "content_type": "text/csv",
            "rows": [",".join(map(repr, row)) for row in self.features.tolist()],
            "scores": self.score.tolist(),
        }
