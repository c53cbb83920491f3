"""Turns a request (template, parameters, capabilities, tags) into a revision of a stack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from embedded_aws.cloudformation import parameters as template_parameters
from embedded_aws.cloudformation.blueprint import compile_template
from embedded_aws.cloudformation.capabilities import required_capabilities
from embedded_aws.cloudformation.errors import TemplateError
from embedded_aws.cloudformation.records import Revision, Stack
from embedded_aws.cloudformation.resources.tags import as_map
from embedded_aws.cloudformation.support import check_support
from embedded_aws.cloudformation.template import Document, parse
from embedded_aws.cloudformation.template_source import template_body
from embedded_aws.cloudformation.transform import transform
from embedded_aws.gateway.service import Parameters, ServiceError
from embedded_aws.settings import Settings


class InsufficientCapabilities(Exception):  # CloudFormation's own word
    """The template makes IAM resources that the request does not acknowledge."""


@dataclass(frozen=True)
class Proposal:
    """A template that is parsed, and whatever else the request says about the stack."""

    body: str
    document: Document
    request: Parameters
    stack_id: str
    stack_name: str
    previous: Revision | None


def propose(request: Parameters, stack: Stack, s3: Any) -> Proposal:  # noqa: ANN401
    """The request's template, parsed; ``s3`` reads it in the name of whoever asks.

    Raises:
        ServiceError: ``ValidationError``, there is no template or it is not well-formed.
    """
    try:
        body = template_body(request, s3, stack.revision)
        document = parse(body)
    except TemplateError as error:
        raise ServiceError("ValidationError", str(error)) from error
    return Proposal(body, document, request, stack.stack_id, stack.name, stack.revision)


def revise(proposal: Proposal, settings: Settings) -> Revision:
    """Work a proposal out: parameters, transforms, conditions, checks.

    Raises:
        TemplateError: the template or a parameter is wrong, or asks for what is not supported.
        InsufficientCapabilities: an acknowledgement is missing.
    """
    previous = proposal.previous
    declared = template_parameters.declared(proposal.document)
    values = template_parameters.resolve(
        declared, proposal.request.get("Parameters", []), previous.parameters if previous else {}
    )
    processed = transform(proposal.document, values, settings.region)
    _acknowledged(processed, proposal.request.get("Capabilities", []))
    # The transform may add parameters of its own, with defaults.
    declared_after = template_parameters.declared(processed)
    given = [{"ParameterKey": name, "ParameterValue": text} for name, text in values.items()]
    resolved = template_parameters.resolve(declared_after, given, {})
    referable = {name: declared_after[name].value(text) for name, text in resolved.items()}
    blueprint = compile_template(processed, {**referable, **_pseudo(proposal, settings)})
    check_support(blueprint)
    return Revision(
        body=proposal.body,
        document=proposal.document,
        processed=processed,
        declared=declared,
        parameters=values,
        blueprint=blueprint,
        capabilities=tuple(proposal.request.get("Capabilities", [])),
        tags=_tags(proposal),
        role_arn=proposal.request.get("RoleARN") or (previous.role_arn if previous else None),
    )


def _acknowledged(processed: Document, given: Iterable[str]) -> None:
    missing = required_capabilities(processed).missing(given)
    if missing:
        raise InsufficientCapabilities(f"Requires capabilities : [{', '.join(missing)}]")


def _pseudo(proposal: Proposal, settings: Settings) -> Mapping[str, Any]:
    return {
        "AWS::AccountId": settings.account_id,
        "AWS::Partition": "aws",
        "AWS::Region": settings.region,
        "AWS::StackId": proposal.stack_id,
        "AWS::StackName": proposal.stack_name,
        "AWS::URLSuffix": "amazonaws.com",
    }


def _tags(proposal: Proposal) -> Mapping[str, str]:
    if "Tags" in proposal.request or proposal.previous is None:
        return as_map(proposal.request.get("Tags"))
    return proposal.previous.tags
