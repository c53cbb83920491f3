"""How services reach each other, whatever the user's shell says."""

from __future__ import annotations

import pytest

from embedded_aws.clients import ClientFactory
from embedded_aws.instance import Instance


def test_a_profile_of_the_users_shell_does_not_reach_in(
    aws: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    factory = ClientFactory(aws.url, aws.environment.settings.region, aws.clock)
    assert factory.as_service("sts").get_caller_identity()["Account"] == "123456789012"
