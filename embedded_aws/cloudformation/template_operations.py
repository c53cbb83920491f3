"""The operations that read templates: GetTemplate, GetTemplateSummary, ValidateTemplate."""

from __future__ import annotations

import json
from typing import Any

from embedded_aws.cloudformation import parameters as template_parameters
from embedded_aws.cloudformation.capabilities import required_capabilities
from embedded_aws.cloudformation.errors import TemplateError
from embedded_aws.cloudformation.parameters import MASK, Parameter
from embedded_aws.cloudformation.records import Revision
from embedded_aws.cloudformation.refusals import refuse_unsupported
from embedded_aws.cloudformation.store import StackStore
from embedded_aws.cloudformation.template import Document, parse
from embedded_aws.cloudformation.template_source import template_body
from embedded_aws.cloudformation.transform import transforms
from embedded_aws.environment import Environment
from embedded_aws.gateway.service import Operation, Parameters, RequestContext, ServiceError


class TemplateOperations:
    """Templates of stacks and change sets, or given with the request."""

    def __init__(self, environment: Environment, store: StackStore) -> None:
        self._environment = environment
        self._store = store

    def operations(self) -> dict[str, Operation]:
        """By API name."""
        return {
            "GetTemplate": self._get_template,
            "GetTemplateSummary": self._get_summary,
            "ValidateTemplate": self._validate,
        }

    def _get_template(self, request: Parameters, _: RequestContext) -> dict[str, Any]:
        revision = self._revision(request)
        if revision is None:
            # A stack under review has no template yet; clients then ask for its change set's.
            return {"StagesAvailable": []}
        processed = request.get("TemplateStage", "Original") == "Processed"
        return {
            "TemplateBody": json.dumps(revision.processed) if processed else revision.body,
            "StagesAvailable": ["Original", "Processed"],
        }

    def _revision(self, request: Parameters) -> Revision | None:
        if "ChangeSetName" in request:
            name, stack_name = request["ChangeSetName"], request.get("StackName")
            return self._store.change_set(name, stack_name).revision
        if "StackName" not in request:
            raise ServiceError("ValidationError", "Either StackName or ChangeSetName is required")
        return self._store.stack(request["StackName"]).revision

    def _get_summary(self, request: Parameters, context: RequestContext) -> dict[str, Any]:
        refuse_unsupported(request, {"StackName", "TemplateBody", "TemplateURL"})
        document = self._document(request, context)
        metadata = document.get("Metadata")
        return {
            **_summary(document),
            "Parameters": [_parameter(item) for item in _declared(document).values()],
            "ResourceTypes": sorted({body["Type"] for body in document["Resources"].values()}),
            **({} if metadata is None else {"Metadata": json.dumps(metadata)}),
            **_present(Version=document.get("AWSTemplateFormatVersion")),
        }

    def _validate(self, request: Parameters, context: RequestContext) -> dict[str, Any]:
        refuse_unsupported(request, {"TemplateBody", "TemplateURL"})
        document = self._document(request, context)
        members = ("ParameterKey", "DefaultValue", "NoEcho", "Description")
        parameters = [_parameter(item) for item in _declared(document).values()]
        return {
            **_summary(document),
            "Parameters": [
                {name: item[name] for name in members if name in item} for item in parameters
            ],
        }

    def _document(self, request: Parameters, context: RequestContext) -> Document:
        if "StackName" in request:
            revision = self._store.stack(request["StackName"]).revision
            return revision.document if revision else {"Resources": {}}
        try:
            s3 = self._environment.clients.as_caller("s3", context.access_key_id)
            return parse(template_body(request, s3, None))
        except TemplateError as error:
            raise ServiceError("ValidationError", str(error)) from error


def _declared(document: Document) -> dict[str, Parameter]:
    try:
        return template_parameters.declared(document)
    except TemplateError as error:
        raise ServiceError("ValidationError", str(error)) from error


def _summary(document: Document) -> dict[str, Any]:
    required = required_capabilities(document)
    try:
        declared = transforms(document)
    except TemplateError as error:
        raise ServiceError("ValidationError", str(error)) from error
    return {
        **_present(Description=document.get("Description")),
        "DeclaredTransforms": declared,
        "Capabilities": list(required.capabilities),
        **_present(CapabilitiesReason=required.reason if required.types else None),
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    declaration = parameter.declaration
    default = MASK if parameter.no_echo and parameter.default else parameter.default
    allowed = [str(value) for value in declaration.get("AllowedValues", [])]
    return {
        "ParameterKey": parameter.name,
        "ParameterType": parameter.type,
        "NoEcho": parameter.no_echo,
        "ParameterConstraints": {"AllowedValues": allowed} if allowed else {},
        **_present(DefaultValue=default, Description=declaration.get("Description")),
    }


def _present(**members: Any) -> dict[str, Any]:  # noqa: ANN401  # any member of an answer
    return {name: value for name, value in members.items() if value is not None}
