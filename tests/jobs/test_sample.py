from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from jobs.sample import MOST_ROWS, Sample


def sample(rows: int, seed: int = 1) -> Sample:
    random = np.random.default_rng(seed)
    return Sample.of(
        random.normal(size=(rows, 3)).astype(np.float32), random.random(rows, np.float32)
    )


@pytest.mark.parametrize("rows", [1, 2, 99, 100, 101, 5000])
def test_it_holds_a_hundred_rows_or_all(rows: int) -> None:
    kept = sample(rows)
    assert kept.features.shape == (min(rows, MOST_ROWS), 3)
    assert kept.score.shape == (min(rows, MOST_ROWS),)


def test_rows_keep_their_scores_and_spread_from_the_lowest_to_the_highest() -> None:
    features = np.arange(1000, dtype=np.float32).reshape(-1, 1)
    score = (features[:, 0] * 7 % 1000).astype(np.float32)
    kept = Sample.of(features, score)
    assert kept.score.tolist() == (kept.features[:, 0] * 7 % 1000).tolist()
    assert (kept.score[0], kept.score[-1]) == (0, 999)
    assert np.diff(kept.score).max() <= 11


def test_pieces_make_one_sample_of_all() -> None:
    low, high = (
        Sample(np.full((50, 1), n, np.float32), np.full(50, n, np.float32)) for n in (0, 1)
    )
    kept = Sample.of_pieces([low, high])
    assert sorted(set(kept.score.tolist())) == [0, 1]


def test_every_number_reads_back_as_itself() -> None:
    kept = sample(500)
    document: dict[str, Any] = kept.described()
    read = np.array([row.split(",") for row in document["rows"]], float).astype(np.float32)
    assert (read == kept.features).all()
    assert np.array(document["scores"], np.float32).tolist() == kept.score.tolist()
