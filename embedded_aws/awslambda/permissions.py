"""Operations on functions' resource policies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from embedded_aws.awslambda.errors import conflict, not_found, precondition_failed, refuse_others
from embedded_aws.awslambda.functions import Function, FunctionRegistry
from embedded_aws.gateway.service import Operation, Parameters, RequestContext, Result

Statements = dict[str, Mapping[str, Any]]


class Permissions:
    """Keeps one policy per function and qualifier, which ``embedded_aws.iam`` evaluates."""

    def __init__(self, registry: FunctionRegistry) -> None:
        self._registry = registry

    def operations(self) -> Mapping[str, Operation]:
        """What callers may ask."""
        return {
            "AddPermission": self.add_permission,
            "RemovePermission": self.remove_permission,
            "GetPolicy": self.get_policy,
        }

    def add_permission(self, parameters: Parameters, _: RequestContext) -> Result:
        """Add a statement."""
        conditions = ("SourceArn", "SourceAccount", "PrincipalOrgID")
        known = ("FunctionName", "StatementId", "Action", "Principal", "Qualifier", "RevisionId")
        refuse_others(parameters, (*known, *conditions))
        statement_id = parameters["StatementId"]
        with self._registry.lock:
            _function, arn, statements = self._locate(parameters)
            if statement_id in statements:
                raise conflict(
                    f"The statement id ({statement_id}) provided already exists. Please provide a "
                    "new statement id, or remove the existing statement."
                )
            statements[statement_id] = statement = _statement(parameters, arn)
        return {"Statement": json.dumps(statement)}

    def remove_permission(self, parameters: Parameters, _: RequestContext) -> None:
        """Take a statement away."""
        statement_id = parameters["StatementId"]
        with self._registry.lock:
            _function, _arn, statements = self._locate(parameters)
            if statement_id not in statements:
                raise not_found(f"Statement {statement_id} is not found in resource policy.")
            del statements[statement_id]

    def get_policy(self, parameters: Parameters, _: RequestContext) -> Result:
        """Show the policy."""
        with self._registry.lock:
            function, _arn, statements = self._locate(parameters)
            if not statements:
                raise not_found()
            policy = {
                "Version": "2012-10-17",
                "Id": "default",
                "Statement": list(statements.values()),
            }
            return {"Policy": json.dumps(policy), "RevisionId": function.latest.revision_id}

    def _locate(self, parameters: Parameters) -> tuple[Function, str, Statements]:
        reference = self._registry.names.function(
            parameters["FunctionName"], parameters.get("Qualifier")
        )
        self._registry.version(reference)
        function = self._registry.function(reference)
        if parameters.get("RevisionId", function.latest.revision_id) != function.latest.revision_id:
            raise precondition_failed()
        arn = self._registry.names.function_arn(function.name, reference.qualifier)
        return function, arn, function.statements.setdefault(reference.qualifier or "", {})


def _statement(parameters: Mapping[str, Any], function_arn: str) -> dict[str, Any]:
    statement = {
        "Sid": parameters["StatementId"],
        "Effect": "Allow",
        "Principal": _principal(parameters["Principal"]),
        "Action": parameters["Action"],
        "Resource": function_arn,
    }
    equals = {
        "AWS:SourceAccount": parameters.get("SourceAccount"),
        "aws:PrincipalOrgID": parameters.get("PrincipalOrgID"),
    }
    condition = {
        "StringEquals": {name: value for name, value in equals.items() if value},
        "ArnLike": {"AWS:SourceArn": parameters["SourceArn"]} if "SourceArn" in parameters else {},
    }
    given = {operator: keys for operator, keys in condition.items() if keys}
    return {**statement, "Condition": given} if given else statement


def _principal(principal: str) -> Any:  # noqa: ANN401  # a policy's "*" or a mapping
    if principal == "*":
        return principal
    if principal.endswith(".amazonaws.com"):
        return {"Service": principal}
    arn = principal if principal.startswith("arn:") else f"arn:aws:iam::{principal}:root"
    return {"AWS": arn}
