"""Translates serverless resources with AWS's own translator, which takes long to import."""

from __future__ import annotations

import copy
import logging
from collections.abc import Mapping
from functools import cache

import boto3
from samtranslator.internal.managed_policies import get_bundled_managed_policy_map
from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.utils.py27hash_fix import (
    to_py27_compatible_template,
    undo_mark_unicode_str_in_template,
)

from embedded_aws.cloudformation.errors import TemplateError
from embedded_aws.cloudformation.template import Document

# The translator warns of "unpublished metrics" once per transform; they are nobody's here.
logging.getLogger("samtranslator.metrics.metrics").setLevel(logging.ERROR)


def translate(document: Document, parameters: Mapping[str, str], region: str) -> Document:
    """The template with its serverless resources translated.

    Raises:
        TemplateError: the template is not a valid SAM template.
    """
    source = copy.deepcopy(document)
    values = {"AWS::Region": region, **parameters}
    # Generated logical ids hold hashes of Python 2's repr, in AWS's deployment as here.
    to_py27_compatible_template(source, values)
    translator = Translator({}, Parser(), boto_session=boto3.Session(region_name=region))
    try:
        translated = translator.translate(source, values, get_managed_policy_map=_managed_policies)
    except InvalidDocumentException as invalid:
        reasons = " ".join(cause.message for cause in invalid.causes)
        message = f"Transform AWS::Serverless-2016-10-31 failed with: {invalid.message} {reasons}"
        raise TemplateError(message) from invalid
    result: Document = undo_mark_unicode_str_in_template(translated)
    result.pop("Transform", None)
    return result


@cache
def _managed_policies() -> dict[str, str]:
    return dict(get_bundled_managed_policy_map("aws"))
