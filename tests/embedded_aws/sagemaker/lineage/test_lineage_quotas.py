from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from embedded_aws.instance import Instance, serve
from embedded_aws.sagemaker.lineage.quotas import LineageQuotas
from embedded_aws.settings import Settings

Refused = Callable[..., tuple[str, str]]


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """An account whose quotas are two of each."""
    scratch: Path = tmp_path_factory.mktemp("small-account")
    two = LineageQuotas(actions=2, artifacts=2, associations=2, contexts=2)
    with serve(Settings(scratch=scratch, lineage_quotas=two)) as instance:
        yield instance


def test_the_defaults_are_awss() -> None:
    """Guide "Manually create tracking entities", limits; counts per account and region."""
    assert LineageQuotas() == LineageQuotas(
        actions=3_000, artifacts=6_000, associations=6_000, contexts=500
    )


@pytest.mark.parametrize("kind", ["action", "context"])
def test_a_full_quota_refuses_another_and_a_deletion_makes_room(
    kind: str, sagemaker: Any, lineage: Any, refused: Refused
) -> None:
    """API reference of CreateAction and CreateContext: ResourceLimitExceeded."""
    create = getattr(lineage, kind)
    create("first")
    create("second")

    code, message = refused(create, name="third")

    assert code == "ResourceLimitExceeded"
    assert "2" in message
    # A writer that adopts must learn that the entity is there, however full the account is.
    assert refused(create, name="first")[0] == "ValidationException"
    getattr(sagemaker, f"delete_{kind}")(**{f"{kind.capitalize()}Name": "first"})
    create("third")


def test_artifacts_and_associations_are_counted(
    sagemaker: Any, lineage: Any, refused: Refused
) -> None:
    """API reference of CreateArtifact and AddAssociation: ResourceLimitExceeded."""
    first, second = lineage.chain(2)
    lineage.join(second, first)

    assert refused(lineage.artifact)[0] == "ResourceLimitExceeded"
    sagemaker.delete_association(SourceArn=first, DestinationArn=second)
    lineage.join(first, second)
