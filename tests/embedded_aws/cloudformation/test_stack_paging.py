"""Pages of long lists."""

from __future__ import annotations

import pytest

from embedded_aws.cloudformation.paging import PAGE_SIZE, page
from embedded_aws.gateway.service import ServiceError


def test_a_short_list_is_one_page() -> None:
    assert page("Items", [1, 2], {}) == {"Items": [1, 2]}


def test_pages_join_to_the_list_although_newer_items_arrive_in_front() -> None:
    items = list(range(2 * PAGE_SIZE + 5))
    first = page("Items", items, {})
    second = page("Items", [-2, -1, *items], {"NextToken": first["NextToken"]})
    third = page("Items", items, {"NextToken": second["NextToken"]})
    assert [*first["Items"], *second["Items"], *third["Items"]] == items
    assert "NextToken" not in third


@pytest.mark.parametrize("token", ["x", "0", "-1", "3"])
def test_a_token_of_somebody_else_is_refused(token: str) -> None:
    with pytest.raises(ServiceError, match="NextToken"):
        page("Items", [1, 2], {"NextToken": token})
