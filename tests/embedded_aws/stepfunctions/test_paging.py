"""Pages: every item once, whatever the page size."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from embedded_aws.stepfunctions.paging import page


@given(st.lists(st.integers(), unique=True, max_size=30), st.integers(1, 7))
def test_pages_together_are_the_list(items: list[int], size: int) -> None:
    seen: list[int] = []
    token: dict[str, str] = {}
    while True:
        chosen, token = page(items, {"maxResults": size, **token}, lambda item: item)
        assert len(chosen) <= size
        seen += chosen
        if not token:
            break
    assert seen == items


def test_the_default_page_has_a_hundred_items() -> None:
    chosen, token = page(range(101), {"maxResults": 0}, lambda item: item)
    assert (len(chosen), bool(token)) == (100, True)
