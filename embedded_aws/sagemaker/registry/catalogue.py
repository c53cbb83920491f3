"""What is registered: groups and packages by ARN, version numbers, client tokens."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from embedded_aws.gateway.service import ServiceError
from embedded_aws.sagemaker.registry.client_tokens import Tokens
from embedded_aws.sagemaker.registry.records import Deed, Group, Package, RegistryArns


class Catalogue:
    """One account's registry; every method is atomic."""

    def __init__(self, arns: RegistryArns) -> None:
        self._arns = arns
        self._lock = threading.RLock()
        self._groups: dict[str, Group] = {}
        self._packages: dict[str, dict[str, Package]] = {}
        self._last_versions: dict[str, int] = {}
        self._made = Tokens()
        self._changed = Tokens()

    def add_group(self, name: str, created: Deed, members: Mapping[str, Any]) -> Group:
        """Create a group.

        Raises:
            ServiceError: ``ValidationException`` when there is one of that name.
        """
        arn = self._arns.group(name)
        with self._lock:
            if arn in self._groups:
                message = f"Model Package Group already exists: {arn}"
                raise ServiceError("ValidationException", message)
            self._groups[arn] = Group(name, arn, created, members)
            self._packages[arn] = {}
            self._last_versions[arn] = 0
            return self._groups[arn]

    def group(self, name_or_arn: str) -> Group:
        """The group of a name or ARN.

        Raises:
            ServiceError: ``ValidationException`` when there is none.
        """
        arn = self._arns.group(name_or_arn)
        with self._lock:
            if arn not in self._groups:
                message = f"ModelPackageGroup {arn} does not exist."
                raise ServiceError("ValidationException", message)
            return self._groups[arn]

    def groups(self) -> Collection[Group]:
        """A snapshot of all groups."""
        with self._lock:
            return tuple(self._groups.values())

    def remove_group(self, name_or_arn: str) -> Group:
        """Delete an empty group.

        Raises:
            ServiceError: ``ConflictException`` while it holds versions (resource type
                AWS::SageMaker::ModelPackageGroup; the text is undocumented).
        """
        with self._lock:
            group = self.group(name_or_arn)
            if self._packages[group.arn]:
                message = f"Model Package Group {group.arn} still holds model packages."
                raise ServiceError("ConflictException", message)
            for by_arn in (self._groups, self._packages, self._last_versions):
                by_arn.pop(group.arn)
            return group

    def add_package(
        self,
        group_name: str,
        created: Deed,
        members: Mapping[str, Any],
        client_token: str | None,
    ) -> tuple[Package, bool]:
        """Register the next version of a group; tell whether this call did.

        A token that was used before returns what it made then.

        Raises:
            ServiceError: ``ConflictException`` when the token came with another request.
        """
        with self._lock:
            group = self.group(group_name)
            request = {**members, "ModelPackageGroupName": group.arn}
            if (made := self._made.result(client_token, request)) is not None:
                return self.package(made), False
            # A version number is never used again, even after its deletion.
            version = self._last_versions[group.arn] = self._last_versions[group.arn] + 1
            arn = self._arns.package(f"{group.name}/{version}")
            package = Package(group.name, version, arn, created, created, members)
            self._packages[group.arn][arn] = package
            self._made.keep(client_token, request, arn)
            return package, True

    def package(self, name_or_arn: str) -> Package:
        """The package version of ``<group>/<version>`` or an ARN.

        Raises:
            ServiceError: ``ValidationException`` when there is none.
        """
        arn = self._arns.package(name_or_arn)
        with self._lock:
            found = self._of_group(arn).get(arn)
        if found is None:
            raise ServiceError("ValidationException", f"ModelPackage {arn} does not exist.")
        return found

    def packages(self, group_name: str | None = None) -> Collection[Package]:
        """A snapshot of all versions, or of one group's."""
        with self._lock:
            if group_name is not None:
                return tuple(self._packages[self.group(group_name).arn].values())
            return tuple(each for group in self._packages.values() for each in group.values())

    def change_package(
        self,
        request: Mapping[str, Any],
        modified: Deed,
        changed: Callable[[Mapping[str, Any]], Mapping[str, Any]],
    ) -> tuple[Package, Package]:
        """Replace a package's members by what ``changed`` makes of them; old and new.

        A request whose token was used before changes nothing.

        Raises:
            ServiceError: ``ConflictException`` when the token came with another request.
        """
        token = request.get("ClientToken")
        with self._lock:
            old = self.package(request["ModelPackageArn"])
            if self._changed.result(token, request) is not None:
                return old, old
            new = replace(old, modified=modified, members=changed(old.members))
            self._of_group(old.arn)[old.arn] = new
            self._changed.keep(token, request, old.arn)
            return old, new

    def remove_package(self, name_or_arn: str) -> Package:
        """Delete a version."""
        with self._lock:
            package = self.package(name_or_arn)
            return self._of_group(package.arn).pop(package.arn)

    def _of_group(self, package_arn: str) -> dict[str, Package]:
        group_arn = package_arn.rpartition("/")[0].replace(
            ":model-package/", ":model-package-group/"
        )
        return self._packages.get(group_arn, {})
