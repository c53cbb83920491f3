"""Cloud Control API answers what SAM asks of it, and refuses the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError


@pytest.mark.parametrize(
    ("type_name", "code"),
    [
        ("AWS::Lambda::Url", "ResourceNotFoundException"),
        ("AWS::S3::Bucket", "UnsupportedActionException"),
    ],
)
def test_no_function_has_a_url_and_no_other_type_is_known(
    client: Callable[[str], Any], type_name: str, code: str
) -> None:
    with pytest.raises(ClientError) as refused:
        client("cloudcontrol").get_resource(TypeName=type_name, Identifier="greet")
    assert refused.value.response["Error"]["Code"] == code
