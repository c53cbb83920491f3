from __future__ import annotations

from collections.abc import Callable
from typing import Any

Call = Callable[..., Any]


def test_an_error_of_the_model_has_its_status(aws_lambda: Call) -> None:
    refused = aws_lambda("GET", "/2015-03-31/functions/none")
    assert refused.status == 404
    assert refused.code == "ResourceNotFoundException"


def test_an_operation_without_output_answers_without_a_body(aws_lambda: Call) -> None:
    deleted = aws_lambda("DELETE", "/2018-10-31/layers/none/versions/1")
    assert deleted.status == 204
    assert deleted.body == b""
