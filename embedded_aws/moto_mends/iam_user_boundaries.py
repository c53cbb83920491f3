"""Moto drops the permissions boundary of a new user in silence, which leaves it unlimited."""

from __future__ import annotations

from typing import Any

from moto.iam.exceptions import NotFoundException
from moto.iam.models import User
from moto.iam.responses import IamResponse

_STOCK = IamResponse.create_user


def apply() -> None:
    """Let users keep their boundaries, where ``embedded_aws.iam`` and GetUser find them."""
    IamResponse.create_user = _create_user
    User.permissions_boundary_arn = None
    User.permissions_boundary = property(_told)


def _create_user(self: Any) -> Any:  # noqa: ANN401  # moto's responses have no static type
    arn = self._get_param("PermissionsBoundary")
    if arn and arn not in self.backend.managed_policies:
        raise NotFoundException(f"Scope ARN: {arn} does not exist or is not attachable.")
    answer = _STOCK(self)
    self.backend.get_user(self._get_param("UserName")).permissions_boundary_arn = arn
    return answer


def _told(user: Any) -> dict[str, str] | None:  # noqa: ANN401  # as above
    arn = user.permissions_boundary_arn
    if not arn:
        return None
    return {"PermissionsBoundaryType": "PermissionsBoundaryPolicy", "PermissionsBoundaryArn": arn}
