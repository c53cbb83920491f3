"""Moto's parsers of query forms and XML, which skip what they do not know, made to refuse it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from moto.core.parse import UNDEFINED, QueryParser, RestXMLParser

from embedded_aws.gateway.shapes import Kind, Problem

_BOOLEANS = {"true": True, "false": False}
# Of the Query protocol itself and of its older signatures.
_PROTOCOL_FIELDS = frozenset(
    {
        "Action",
        "AWSAccessKeyId",
        "ContentType",
        "Expires",
        "SecurityToken",
        "Signature",
        "SignatureMethod",
        "SignatureVersion",
        "Timestamp",
        "Version",
    }
)


class Form(dict[str, str]):
    """The fields of a query request, which remembers those that a parser has looked at."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(fields)
        self._read: set[str] = set()
        self.last_read = ""

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ANN401  # as dict.get
        """The field's value."""
        if key in self:
            self._read.add(key)
            self.last_read = key
        return super().get(key, default)

    def unread(self, operation_name: str) -> Iterator[Problem]:
        """The fields that are no parameter of the operation."""
        for name in self.keys() - self._read - _PROTOCOL_FIELDS:
            if not name.startswith("X-Amz-"):
                yield Problem(name, f"Member is unknown to {operation_name}", Kind.UNKNOWN)


class StrictQueryParser(QueryParser):  # type: ignore[misc]  # moto is untyped
    """Takes no word but true and false for a boolean."""

    def _parse_boolean(self, shape: Any, query_params: Any, prefix: str = "") -> Any:  # noqa: ANN401
        value = self._default_handle(shape, query_params, prefix)
        return value if value is UNDEFINED else _boolean(value)


class StrictRestXMLParser(RestXMLParser):  # type: ignore[misc]  # moto is untyped
    """Takes no element that its structure does not have."""

    def _parse_structure(self, shape: Any, node: Any) -> Any:  # noqa: ANN401
        elements = {
            self._member_key_name(member, name)
            for name, member in shape.members.items()
            if "location" not in member.serialization
        }
        first = node[0] if isinstance(node, list) else node
        for element in first:
            if (tag := self._node_tag(element)) not in elements:
                message = f"{tag} is unknown to {shape.name}"
                raise ValueError(message)
        return super()._parse_structure(shape, node)

    def _parse_boolean(self, shape: Any, node: Any) -> bool:  # noqa: ANN401, ARG002
        return _boolean((getattr(node, "text", node) or "").strip().lower())


def _boolean(text: str) -> bool:
    if text not in _BOOLEANS:
        message = f"'{text}' is no boolean"
        raise ValueError(message)
    return _BOOLEANS[text]
