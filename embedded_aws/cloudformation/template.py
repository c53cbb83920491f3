"""Reads a template, JSON or YAML with short forms, into its long form."""

from __future__ import annotations

import json
from typing import Any, cast

import yaml

from embedded_aws.cloudformation.errors import TemplateError
from embedded_aws.cloudformation.plain_yaml import PlainLoader

Document = dict[str, Any]

_SECTIONS = {
    "AWSTemplateFormatVersion",
    "Conditions",
    "Description",
    "Globals",
    "Mappings",
    "Metadata",
    "Outputs",
    "Parameters",
    "Resources",
    "Rules",
    "Transform",
}
_UNSUPPORTED_SECTIONS = {"Hooks"}
_WITHOUT_PREFIX = {"Ref", "Condition"}


def parse(body: str) -> Document:
    """The template as a document with long-form intrinsics.

    Raises:
        TemplateError: not well-formed, not a template, or with a section that is not supported.
    """
    document = _json(body) if body.lstrip().startswith("{") else _yaml(body)
    if not isinstance(document, dict):
        raise TemplateError("Template format error: unsupported structure.")
    _check_sections(document)
    return document


def _json(body: str) -> object:
    try:
        return json.loads(body)
    except ValueError as malformed:
        message = f"Template format error: JSON not well-formed. {malformed}"
        raise TemplateError(message) from malformed


def _yaml(body: str) -> object:
    try:
        return yaml.load(body, Loader=_Loader)  # noqa: S506  # derived from SafeLoader
    except yaml.YAMLError as malformed:
        message = f"Template format error: YAML not well-formed. {malformed}"
        raise TemplateError(message) from malformed


def _check_sections(document: Document) -> None:
    unsupported = sorted(_UNSUPPORTED_SECTIONS & document.keys())
    if unsupported:
        raise TemplateError(
            f"the embedded AWS does not support the template sections {unsupported}"
        )
    unknown = sorted(document.keys() - _SECTIONS)
    if unknown:
        raise TemplateError(f"Invalid template property or properties [{', '.join(unknown)}]")
    if not document.get("Resources"):
        raise TemplateError("Template format error: At least one Resources member must be defined.")


class _Loader(PlainLoader):
    """Plain YAML with tags for intrinsics."""

    def intrinsic(self, suffix: str, node: yaml.Node) -> Document:
        """``!Sub x`` is ``{"Fn::Sub": "x"}``; ``!GetAtt a.b`` is ``{"Fn::GetAtt": ["a", "b"]}``."""
        name = suffix if suffix in _WITHOUT_PREFIX else f"Fn::{suffix}"
        value = self._plain(node)
        if name == "Fn::GetAtt" and isinstance(value, str):
            value = value.split(".", 1)
        return {name: value}

    def _plain(self, node: yaml.Node) -> object:
        if isinstance(node, yaml.ScalarNode):
            return self.construct_scalar(node)
        if isinstance(node, yaml.SequenceNode):
            return self.construct_sequence(node, deep=True)
        return self.unique_mapping(cast("yaml.MappingNode", node))


_Loader.add_multi_constructor("!", _Loader.intrinsic)
