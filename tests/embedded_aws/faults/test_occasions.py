from __future__ import annotations

import pytest

from embedded_aws.faults.occasions import Always, Chance, Every, First, Numbered, Occasion


@pytest.mark.parametrize(
    ("occasion", "struck"),
    [
        (Always(), [1, 2, 3, 4, 5, 6]),
        (Numbered(frozenset({2, 5})), [2, 5]),
        (First(3), [1, 2, 3]),
        (Every(2), [2, 4, 6]),
        (Chance(0, seed=1), []),
        (Chance(1, seed=1), [1, 2, 3, 4, 5, 6]),
    ],
)
def test_an_occasion_strikes_the_calls_that_it_says(occasion: Occasion, struck: list[int]) -> None:
    assert [number for number in range(1, 7) if occasion.includes(number)] == struck


def test_chance_strikes_the_same_calls_again_under_the_same_seed() -> None:
    def struck(seed: int) -> list[int]:
        return [number for number in range(1, 1001) if Chance(0.3, seed).includes(number)]

    assert struck(7) == struck(7)
    assert struck(7) != struck(8)


def test_chance_strikes_about_as_often_as_it_says() -> None:
    assert 250 < sum(Chance(0.3, seed=7).includes(number) for number in range(1, 1001)) < 350
