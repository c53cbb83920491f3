"""CloudFormation's provider schemas, from the copies that cfn-lint bundles."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

Schema = dict[str, Any]
_POINTER = "/properties/"


@dataclass(frozen=True)
class ResourceSchema:
    """What CloudFormation knows about one resource type; ``document`` is the schema itself."""

    type: str
    document: Schema

    @cached_property
    def create_only(self) -> frozenset[str]:
        """Properties whose change replaces the resource; dotted where nested."""
        return self._paths("createOnlyProperties")

    @cached_property
    def read_only(self) -> frozenset[str]:
        """Top-level properties that only AWS sets."""
        return frozenset(path for path in self._paths("readOnlyProperties") if "." not in path)

    @cached_property
    def primary_identifier(self) -> frozenset[str]:
        """Properties that together name the resource."""
        return self._paths("primaryIdentifier")

    @cached_property
    def properties(self) -> Mapping[str, Schema]:
        """The schemas of the top-level properties."""
        found: Mapping[str, Schema] = self.document["properties"]
        return found

    @cached_property
    def tag_property(self) -> str | None:
        """The property that holds tags, if the type has any."""
        tagging = self.document.get("tagging", {})
        if not tagging.get("taggable"):
            return None
        return str(tagging.get("tagProperty", "/properties/Tags")).removeprefix(_POINTER)

    def follow(self, schema: Schema) -> Schema:
        """The schema itself, or the definition that it refers to."""
        reference = schema.get("$ref")
        if reference is None:
            return schema
        target: Any = self.document
        for part in reference.removeprefix("#/").split("/"):
            target = target[part]
        return self.follow(target)

    def _paths(self, member: str) -> frozenset[str]:
        pointers = self.document.get(member, [])
        return frozenset(pointer.removeprefix(_POINTER).replace("/", ".") for pointer in pointers)


@cache
def load(resource_type: str) -> ResourceSchema | None:
    """The schema of a resource type, or None if CloudFormation has no such type.

    Always us-east-1's: the regions differ in what they offer, not in what a type means.
    """
    digest = _digests().get(resource_type)
    if digest is None:
        return None
    text = (_bundle() / "resources" / f"{digest}.json").read_text("utf-8")
    return ResourceSchema(resource_type, json.loads(text))


@cache
def _digests() -> Mapping[str, str]:
    text = (_bundle() / "providers" / "us-east-1.json").read_text("utf-8")
    digests: Mapping[str, str] = json.loads(text)
    return digests


@cache
def _bundle() -> Path:
    # Found without importing cfn-lint, which takes a second and prefers downloaded schemas.
    spec = find_spec("cfnlint")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("cfn-lint is missing; install the project's requirements")
    return Path(spec.submodule_search_locations[0]) / "data" / "schemas"
