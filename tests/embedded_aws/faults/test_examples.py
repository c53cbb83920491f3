"""The files under examples/faults/ are ones that the embedded AWS takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from embedded_aws.faults.reading import load_faults

EXAMPLES = sorted((Path(__file__).parents[3] / "examples" / "faults").glob("*.yaml"))


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.name)
def test_an_example_is_read(file: Path) -> None:
    assert load_faults(file)
