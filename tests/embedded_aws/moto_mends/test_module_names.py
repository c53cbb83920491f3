from __future__ import annotations

import os
from collections.abc import Callable, Iterable

import pytest
from moto import backends

from embedded_aws.moto_mends import module_names


@pytest.fixture
def listings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The folders that are listed."""
    listed: list[str] = []
    stock = os.listdir

    def listing(path: str) -> list[str]:
        listed.append(path)
        return stock(path)

    monkeypatch.setattr(os, "listdir", listing)
    return listed


def listed_twice(names: Callable[[], Iterable[str]]) -> set[str]:
    assert set(names()) == set(names())
    return set(names())


def test_stock_moto_lists_its_folder_whenever_it_is_asked(listings: list[str]) -> None:
    assert "s3" in listed_twice(module_names._STOCK)
    assert len(listings) == 3


def test_the_folder_is_listed_once_at_the_most(listings: list[str]) -> None:
    module_names.apply()
    assert listed_twice(backends.list_of_moto_modules) == set(module_names._STOCK())
    assert len(listings) <= 2
