from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.auc import (
    AucDifference,
    AucEstimate,
    average_precision,
    compare_aucs,
    estimate_auc,
    midranks,
)

SCORES = st.lists(st.integers(0, 6).map(lambda sixth: sixth / 6), min_size=2, max_size=12)


def wins(positive: float, negative: float) -> float:
    return 1.0 if positive > negative else 0.5 if positive == negative else 0.0


def slow_estimate(positives: list[float], negatives: list[float]) -> AucEstimate:
    """DeLong, DeLong & Clarke-Pearson 1988, by comparing every pair."""
    above = [sum(wins(p, n) for n in negatives) / len(negatives) for p in positives]
    below = [sum(wins(p, n) for p in positives) / len(positives) for n in negatives]
    auc = sum(above) / len(above)
    variance = sum(
        sum((part - auc) ** 2 for part in parts) / (len(parts) - 1) / len(parts)
        for parts in (above, below)
    )
    return AucEstimate(auc, math.sqrt(variance))


def slow_average_precision(positives: list[float], negatives: list[float]) -> float:
    precision = 0.0
    for threshold in sorted(set(positives), reverse=True):
        found = sum(score >= threshold for score in positives)
        flagged = found + sum(score >= threshold for score in negatives)
        precision += positives.count(threshold) * found / flagged
    return precision / len(positives)


def labelled(positives: list[float], negatives: list[float]) -> tuple[np.ndarray, np.ndarray]:
    score = np.array(negatives + positives)
    return score, np.arange(score.size) >= len(negatives)


@given(SCORES, SCORES)
def test_auc_and_its_error_equal_the_pairwise_definition(
    positives: list[float], negatives: list[float]
) -> None:
    expected = slow_estimate(positives, negatives)
    estimate = estimate_auc(*labelled(positives, negatives))
    assert estimate.value == pytest.approx(expected.value, abs=1e-12)
    assert estimate.standard_error == pytest.approx(expected.standard_error, abs=1e-9)


@given(SCORES, SCORES)
def test_average_precision_equals_its_definition_by_thresholds(
    positives: list[float], negatives: list[float]
) -> None:
    expected = slow_average_precision(positives, negatives)
    actual = average_precision(*labelled(positives, negatives))
    assert actual == pytest.approx(expected, abs=1e-12)


@given(SCORES, SCORES)
def test_negated_scores_have_the_mirrored_auc_and_the_same_error(
    positives: list[float], negatives: list[float]
) -> None:
    score, positive = labelled(positives, negatives)
    forward, backward = estimate_auc(score, positive), estimate_auc(-score, positive)
    assert forward.value + backward.value == pytest.approx(1)
    assert forward.standard_error == pytest.approx(backward.standard_error, abs=1e-9)


def test_the_row_order_is_irrelevant() -> None:
    random = np.random.default_rng(5)
    score, positive = random.integers(0, 50, 400) / 50, random.random(400) < 0.2
    order = random.permutation(400)
    forward, shuffled = estimate_auc(score, positive), estimate_auc(score[order], positive[order])
    assert forward.value == shuffled.value
    assert forward.standard_error == pytest.approx(shuffled.standard_error, rel=1e-12)
    assert average_precision(score, positive) == average_precision(score[order], positive[order])


def test_a_perfect_ranking_has_no_error() -> None:
    score, positive = labelled([0.8, 0.9], [0.1, 0.2, 0.3])
    assert estimate_auc(score, positive) == AucEstimate(1.0, 0.0)
    assert average_precision(score, positive) == 1.0


def test_equal_scores_say_nothing() -> None:
    assert estimate_auc(*labelled([0.5] * 3, [0.5] * 5)) == AucEstimate(0.5, 0.0)
    assert average_precision(*labelled([0.5] * 3, [0.5] * 5)) == 3 / 8


def test_the_interval_covers_the_true_auc_in_95_of_100_samples() -> None:
    """Normal scores one standard deviation apart have AUC = Phi(1 / sqrt 2)."""
    random = np.random.default_rng(7)
    true_auc = 0.5 * (1 + math.erf(0.5))
    covered = 0
    for _ in range(1000):
        positives, negatives = random.normal(1, 1, 80), random.normal(0, 1, 160)
        lower, upper = estimate_auc(*labelled(list(positives), list(negatives))).interval
        covered += lower <= true_auc <= upper
    assert covered == pytest.approx(950, abs=25)


def test_the_interval_stays_within_the_possible() -> None:
    assert AucEstimate(0.99, 0.02).interval == (pytest.approx(0.9508, abs=1e-4), 1.0)
    assert AucEstimate(0.01, 0.02).interval == (0.0, pytest.approx(0.0492, abs=1e-4))


def test_equal_scores_share_their_mean_rank() -> None:
    assert midranks(np.array([3.0, 1.0, 3.0, 2.0, 3.0])).tolist() == [4, 1, 4, 2, 4]


TWO_SCORES = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=2, max_size=10
)  # what two models say of each row, so that ties are many


def slow_difference(
    positives: list[tuple[int, int]], negatives: list[tuple[int, int]]
) -> AucDifference:
    """DeLong, DeLong & Clarke-Pearson 1988: S11 + S22 - 2 S12, by comparing every pair."""
    above = np.array(
        [
            [sum(wins(p[k], n[k]) for n in negatives) / len(negatives) for p in positives]
            for k in (0, 1)
        ]
    )
    below = np.array(
        [
            [sum(wins(p[k], n[k]) for p in positives) / len(positives) for n in negatives]
            for k in (0, 1)
        ]
    )
    covariance = np.cov(above) / len(positives) + np.cov(below) / len(negatives)
    variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    value = float(above[0].mean() - above[1].mean())
    return AucDifference(value, math.sqrt(max(0.0, variance)))


def two_models(
    positives: list[tuple[int, int]], negatives: list[tuple[int, int]]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    scores = np.array(negatives + positives, dtype=float)
    return scores[:, 0], scores[:, 1], np.arange(len(scores)) >= len(negatives)


@given(TWO_SCORES, TWO_SCORES)
def test_a_difference_and_its_error_equal_the_pairwise_definition(
    positives: list[tuple[int, int]], negatives: list[tuple[int, int]]
) -> None:
    expected = slow_difference(positives, negatives)
    found = compare_aucs(*two_models(positives, negatives))
    assert found.value == pytest.approx(expected.value, abs=1e-12)
    assert found.standard_error == pytest.approx(expected.standard_error, abs=1e-7)


@given(TWO_SCORES, TWO_SCORES)
def test_the_other_way_round_a_difference_has_the_other_sign_and_the_same_error(
    positives: list[tuple[int, int]], negatives: list[tuple[int, int]]
) -> None:
    one, other, positive = two_models(positives, negatives)
    there, back = compare_aucs(one, other, positive), compare_aucs(other, one, positive)
    assert there.value == -back.value
    assert there.standard_error == pytest.approx(back.standard_error, abs=1e-12)


@given(TWO_SCORES, TWO_SCORES)
def test_models_that_rank_alike_differ_by_nothing_for_certain(
    positives: list[tuple[int, int]], negatives: list[tuple[int, int]]
) -> None:
    score, _, positive = two_models(positives, negatives)
    assert compare_aucs(score, score * 7 + 2, positive) == AucDifference(0.0, 0.0)
    assert compare_aucs(score, score, positive).interval == (0.0, 0.0)


def correlated_models(rows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(11)
    positive = random.random(rows) < 0.2
    shared = random.normal(size=rows) + positive
    one, other = (shared + noise * random.normal(size=rows) for noise in (0.4, 0.7))
    return one, other, positive


def test_pairing_makes_the_interval_narrower_than_independent_errors_would() -> None:
    one, other, positive = correlated_models(2000)
    apart = math.hypot(*(estimate_auc(it, positive).standard_error for it in (one, other)))
    assert compare_aucs(one, other, positive).standard_error < apart / 2


@pytest.mark.slow
def test_the_error_of_a_difference_is_that_of_drawing_the_rows_again() -> None:
    """An independent estimate: the spread over 500 bootstrap samples of each class."""
    one, other, positive = correlated_models(600)
    random = np.random.default_rng(13)
    drawn = []
    for _ in range(500):
        rows = np.concatenate(
            [random.choice(np.flatnonzero(it), int(it.sum())) for it in (positive, ~positive)]
        )
        drawn.append(compare_aucs(one[rows], other[rows], positive[rows]).value)
    found = compare_aucs(one, other, positive)
    assert np.mean(drawn) == pytest.approx(found.value, abs=0.2 * found.standard_error)
    assert np.std(drawn) == pytest.approx(found.standard_error, rel=0.12)


def test_a_difference_stays_within_the_possible() -> None:
    assert AucDifference(-0.99, 0.02).interval == (-1.0, pytest.approx(-0.9508, abs=1e-4))
    assert AucDifference(0.99, 0.02).interval == (pytest.approx(0.9508, abs=1e-4), 1.0)
