"""The page of operations lists what is served."""

from __future__ import annotations

from docs.generate import OPERATIONS
from docs.operations import operations_page


def test_the_page_of_operations_is_current() -> None:
    """Otherwise run ``python -m docs.generate``."""
    assert operations_page() == OPERATIONS.read_text()


def test_it_tells_who_emulates_what_and_how_far() -> None:
    page = OPERATIONS.read_text()
    native, by_moto = page.split("Emulated by moto")
    assert "**sagemaker**" in native
    assert "CreateTrainingJob" in native
    assert "**s3**" in by_moto
    assert "GetObjectRetention" not in page
    assert "| `EnableManagedSpotTraining` | `False` |" in page
    assert "| AWS::S3::Bucket |" in page
    assert "aws:states:::sagemaker:createTrainingJob.sync" in page
