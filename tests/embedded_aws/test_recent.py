from __future__ import annotations

from embedded_aws.recent import Recent


def test_what_was_not_used_for_the_longest_time_goes_first() -> None:
    recent: Recent[str, int] = Recent(2)
    recent.put("a", 1)
    recent.put("b", 2)
    assert recent.get("a") == 1
    recent.put("c", 3)
    assert [recent.get(key) for key in "abc"] == [1, None, 3]


def test_keys_can_be_dropped() -> None:
    recent: Recent[str, int] = Recent(2)
    recent.put("a", 1)
    recent.put("b", 2)
    recent.drop(lambda key: key == "a")
    assert (recent.get("a"), recent.get("b")) == (None, 2)
