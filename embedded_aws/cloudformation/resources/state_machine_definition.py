"""Where a state machine's definition comes from, and the substitutions that are filled into it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from embedded_aws.cloudformation.errors import ResourceFailure
from embedded_aws.cloudformation.plain_yaml import load_plain_yaml
from embedded_aws.cloudformation.resources.handler import Properties, subset
from embedded_aws.cloudformation.resources.json_text import json_text

_TOKEN = re.compile(r"\$\{([A-Za-z0-9_]+)\}")
_SOURCES = ("Definition", "DefinitionS3Location", "DefinitionString")


def definition(properties: Properties, s3: Any) -> str:  # noqa: ANN401  # a boto3 client
    """The definition as JSON text.

    Raises:
        ResourceFailure: not exactly one source, neither JSON nor YAML, a substitution that the
            text does not use, or a token that no substitution fills.
    """
    text = _text_of(subset(properties, _SOURCES), s3)
    return _as_json(_substituted(text, properties.get("DefinitionSubstitutions", {})))


def _text_of(sources: Mapping[str, Any], s3: Any) -> str:  # noqa: ANN401
    match list(sources.items()):
        case [("Definition", document)]:
            return json_text(document)
        case [("DefinitionString", str() as text)]:
            return text
        case [("DefinitionS3Location", location)]:
            return _stored(location, s3)
    raise ResourceFailure(f"a state machine needs exactly one of {list(_SOURCES)}")


def _stored(location: Mapping[str, Any], s3: Any) -> str:  # noqa: ANN401
    version = {"VersionId": location["Version"]} if "Version" in location else {}
    stored = s3.get_object(Bucket=location["Bucket"], Key=location["Key"], **version)
    return str(stored["Body"].read().decode())


def _substituted(text: str, substitutions: Mapping[str, Any]) -> str:
    used = set(_TOKEN.findall(text))
    # AWS leaves both in silence; each is a typo that would only show when the state runs.
    unresolved = sorted(used - substitutions.keys())
    if unresolved:
        raise ResourceFailure(f"the definition has tokens without substitution: {unresolved}")
    unused = sorted(substitutions.keys() - used)
    if unused:
        raise ResourceFailure(f"the definition does not use the substitutions {unused}")
    return _TOKEN.sub(lambda found: json_text(substitutions[found[1]]), text)


def _as_json(text: str) -> str:
    if text.lstrip().startswith("{"):
        return text
    try:
        return json_text(load_plain_yaml(text))
    except yaml.YAMLError as malformed:
        raise ResourceFailure(
            f"the definition is neither JSON nor YAML: {malformed}"
        ) from malformed
