"""Which acknowledgements a template needs: it makes IAM resources, or gives them fixed names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from embedded_aws.cloudformation.template import Document

_NAMES = {
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
}
_UNNAMED = {"AWS::IAM::AccessKey", "AWS::IAM::Policy", "AWS::IAM::UserToGroupAddition"}


@dataclass(frozen=True)
class RequiredCapabilities:
    """What a template needs, and because of which resource types."""

    capabilities: tuple[str, ...]
    types: tuple[str, ...]

    def missing(self, given: Iterable[str]) -> tuple[str, ...]:
        """What is not acknowledged; the named capability covers the plain one."""
        given = set(given)
        if "CAPABILITY_NAMED_IAM" in given:
            given.add("CAPABILITY_IAM")
        return tuple(name for name in self.capabilities if name not in given)

    @property
    def reason(self) -> str:
        """CloudFormation's sentence about them."""
        return f"The following resource(s) require capabilities: [{', '.join(self.types)}]"


def required_capabilities(processed: Document) -> RequiredCapabilities:
    """The acknowledgements that a template needs after its transforms."""
    bodies = [body for body in processed["Resources"].values() if isinstance(body, dict)]
    iam = [body for body in bodies if body.get("Type") in _NAMES.keys() | _UNNAMED]
    named = [body for body in iam if _NAMES.get(body["Type"], "") in (body.get("Properties") or {})]
    types = tuple(sorted({body["Type"] for body in iam}))
    if named:
        return RequiredCapabilities(("CAPABILITY_NAMED_IAM",), types)
    return RequiredCapabilities(("CAPABILITY_IAM",) if iam else (), types)
