from __future__ import annotations

import pytest

from embedded_aws.service_principals import ServicePrincipal, of_key


@pytest.mark.parametrize("source_arn", [None, "arn:aws:events:us-east-1:123456789012:rule/a/b"])
def test_a_key_says_who_calls_and_for_what(source_arn: str | None) -> None:
    principal = ServicePrincipal("events.amazonaws.com", source_arn)
    assert of_key(principal.access_key_id) == principal
    # Signatures separate the key from the rest of the scope by slashes.
    assert "/" not in principal.access_key_id


def test_any_other_key_is_nobodys() -> None:
    assert of_key("AKIAIOSFODNN7EXAMPLE") is None
