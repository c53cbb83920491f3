"""Runs the SAM transform as CloudFormation does."""

from __future__ import annotations

from collections.abc import Mapping

from embedded_aws.cloudformation.errors import TemplateError
from embedded_aws.cloudformation.template import Document

SAM = "AWS::Serverless-2016-10-31"


def transforms(document: Document) -> list[str]:
    """The transforms that a template declares.

    Raises:
        TemplateError: one of them is not SAM's.
    """
    declared = document.get("Transform", [])
    names = [declared] if isinstance(declared, str) else list(declared)
    unsupported = [name for name in names if name != SAM]
    if unsupported:
        raise TemplateError(f"the embedded AWS does not support the transforms {unsupported}")
    return names


def transform(document: Document, parameters: Mapping[str, str], region: str) -> Document:
    """The template with its serverless resources translated; unchanged if it declares none.

    Args:
        document: The template as the user wrote it.
        parameters: The parameters' values as text.
        region: Where the stack is; decides the partition of generated ARNs.

    Raises:
        TemplateError: the template is not a valid SAM template.
    """
    if not transforms(document):
        return document
    # Imported when it is needed: it takes as long as a quarter of an instance's start.
    from embedded_aws.cloudformation.sam_translation import translate  # noqa: PLC0415

    return translate(document, parameters, region)
