"""Listings of SageMaker, which come in pages."""

from __future__ import annotations

from collections.abc import Iterator

from lineage.clients import Call, Response


def pages(call: Call, **request: object) -> Iterator[Response]:
    """All pages that a call answers, each asked for when the one before was read."""
    token: dict[str, str] = {}
    while True:
        page = call(**request, **token)
        yield page
        if not page.get("NextToken"):
            return
        token = {"NextToken": page["NextToken"]}
