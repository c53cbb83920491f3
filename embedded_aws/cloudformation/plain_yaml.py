"""YAML as AWS reads it: dates stay text, keys are unique."""

from __future__ import annotations

from typing import Any

import yaml


class PlainLoader(yaml.CSafeLoader):
    """Reads YAML into the values that JSON has."""

    yaml_implicit_resolvers = {  # noqa: RUF012  # the base class' attribute
        first: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:timestamp"]
        for first, found in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }

    def unique_mapping(self, node: yaml.MappingNode) -> dict[str, Any]:
        """A mapping whose keys are unique, merge keys included."""
        self.flatten_mapping(node)
        pairs = [(self.construct_object(key), value) for key, value in node.value]
        keys = [key for key, _ in pairs]
        repeated = sorted({str(key) for key in keys if keys.count(key) > 1})
        if repeated:
            message = f"duplicate keys {repeated}"
            raise yaml.constructor.ConstructorError(None, None, message, node.start_mark)
        return {str(key): self.construct_object(value, deep=True) for key, value in pairs}


PlainLoader.add_constructor("tag:yaml.org,2002:map", PlainLoader.unique_mapping)


def load_plain_yaml(text: str) -> object:
    """The document in a text.

    Raises:
        yaml.YAMLError: it is not well-formed.
    """
    return yaml.load(text, Loader=PlainLoader)  # noqa: S506  # derived from SafeLoader
