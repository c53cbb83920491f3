from __future__ import annotations

import pytest

from lineage.rendering.wording import facts, named, valued


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("AucLower", "AUC lower"),
        ("ExecutionArn", "Execution ARN"),
        ("Sha256", "SHA-256"),
        ("RunId", "Run ID"),
        ("EndpointConfigName", "Endpoint config name"),
    ],
)
def test_keys_are_told_in_words(key: str, words: str) -> None:
    assert named(key) == words


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (556_803, "556,803"),
        (0.95, "0.9500"),
        (True, "yes"),
        (["a", 1], "a, 1"),
        ("2026-11-21", "2026-11-21"),
    ],
)
def test_values_are_written_as_people_do(value: object, shown: str) -> None:
    assert valued(value) == shown


def test_facts_leave_out_documents_and_give_bytes_a_unit() -> None:
    assert facts({"Bytes": 2_048, "Rows": 3, "Job": {"Name": "x"}}) == {
        "Size": "2.05 kB",
        "Rows": "3",
    }
