"""The names of the operations that moto has code for, looked up once a service."""

from __future__ import annotations

from moto.core import responses
from moto.core.utils import method_names_from_class
from moto.logs.responses import LogsResponse

from embedded_aws.moto_mends import method_names


def test_stock_moto_looks_anew_at_every_call() -> None:
    found = method_names_from_class(LogsResponse)
    assert found == method_names_from_class(LogsResponse)
    assert found is not method_names_from_class(LogsResponse)


def test_mended_it_finds_the_same_once() -> None:
    method_names.apply()
    found = responses.method_names_from_class(LogsResponse)
    assert found == set(method_names_from_class(LogsResponse))
    assert found is responses.method_names_from_class(LogsResponse)
