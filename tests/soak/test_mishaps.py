"""What the soak lets befall its nights can befall them, and is drawn from the seed alone."""

from __future__ import annotations

import json

from embedded_aws.faults.reading import read_faults
from tests.soak.mishaps import CATALOGUE, week


def test_every_fault_of_a_hundred_weeks_is_one_that_the_embedded_aws_takes() -> None:
    plans = [plan for number in range(100) for plan in week(1, number).nights]
    drawn = {json.dumps({**fault, "name": ""}) for plan in plans for fault in plan.faults}
    assert len(drawn) > 10 * len(CATALOGUE)
    numbered = [{**json.loads(it), "name": f"{at}"} for at, it in enumerate(sorted(drawn))]
    assert len(read_faults(json.dumps({"faults": numbered}))) == len(drawn)


def test_a_seed_and_a_number_draw_the_same_week_again_and_others_draw_another() -> None:
    assert week(1, 3) == week(1, 3)
    assert week(1, 3) != week(1, 4)
    assert week(1, 3) != week(2, 3)
