"""The error by which each service refuses a request that breaks its model: code and words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from embedded_aws.gateway.service import ServiceError
from embedded_aws.gateway.shapes import Kind, Problem

if TYPE_CHECKING:
    from botocore.model import OperationModel


@dataclass(frozen=True)
class Codes:
    """What a service answers with.

    Attributes:
        constraint: For a value that breaks its model, and where ``missing`` is not given, for
            a required parameter that is absent.
        source: Where this was seen, or that it is inferred.
        shows_values: Whether the message repeats the value.
        younger: The code of operations that list it and not ``constraint``.
    """

    constraint: str
    source: str
    missing: str = ""
    shows_values: bool = True
    younger: str = ""


_RECORDED = "recorded from AWS in LocalStack's tests/aws/services/{}/*.snapshot.json"

CODES: Mapping[str, Codes] = {
    "cloudcontrol": Codes("ValidationException", "inferred from the other services of its kind"),
    "cloudformation": Codes(
        "ValidationError", _RECORDED.format("cloudformation") + " (test_stack_name_creation)"
    ),
    "cloudwatch": Codes(
        "ValidationError",
        _RECORDED.format("cloudwatch") + " (test_set_alarm_invalid_input); that a missing "
        "parameter has the same code is inferred",
    ),
    "ecr": Codes(
        "InvalidParameterException",
        "github.com/jenkins-x/jx issue 1344 and aws/aws-dotnet-deploy issue 549",
    ),
    "events": Codes(
        "ValidationException", _RECORDED.format("events") + " (test_put_target_id_validation)"
    ),
    "iam": Codes(
        "ValidationError",
        _RECORDED.format("iam") + " (test_user_match_id_mismatch)",
        shows_values=False,
    ),
    "kms": Codes(
        "ValidationException",
        _RECORDED.format("kms") + " (test_generate_random_invalid_number_of_bytes)",
    ),
    "lambda": Codes(
        "ValidationException", _RECORDED.format("lambda_") + " (test_create_lambda_exceptions)"
    ),
    "logs": Codes(
        "InvalidParameterException",
        _RECORDED.format("logs") + " (test_get_log_events_limit_validation); operations that "
        "list only ValidationException answer it (test_put_delivery_destination_invalid_format)",
        younger="ValidationException",
    ),
    "s3": Codes(
        "InvalidArgument",
        "S3 API reference, Error responses; " + _RECORDED.format("s3") + " (test_s3_bucket_acl_"
        "exceptions); which header has which code is inferred beside _S3_CODES",
        missing="InvalidRequest",
    ),
    "sagemaker": Codes(
        "ValidationException",
        "github.com/aws/sagemaker-python-sdk issue 384 and zenml-io/zenml issue 1502",
    ),
    "sagemaker-runtime": Codes(
        "ValidationError", "SageMaker API reference, InvokeEndpoint, Errors"
    ),
    "scheduler": Codes("ValidationException", "EventBridge Scheduler API reference, Errors"),
    "sns": Codes(
        "ValidationError",
        _RECORDED.format("sns") + " (test_empty_or_wrong_message_attributes); for lengths and "
        "enums inferred, as SNS's model has hardly any",
    ),
    "sqs": Codes(
        "InvalidParameterValue",
        _RECORDED.format("sqs") + " (test_send_empty_message, test_send_receive_wait_time_seconds)",
        missing="MissingParameter",
    ),
    "ssm": Codes(
        "ValidationException",
        "github.com/ministryofjustice/cloud-platform-infrastructure pull request 3906",
    ),
    "stepfunctions": Codes(
        "ValidationException",
        _RECORDED.format("stepfunctions") + " (test_list_sms_pagination); names and ARNs of a "
        "legal length are for the service itself (InvalidName, InvalidArn)",
    ),
    "sts": Codes("ValidationError", _RECORDED.format("sts") + " (test_sts_invalid_parameters)"),
}

# For what cannot be read at all: SerializationException of JSON as github.com/localstack/localstack
# issue 9412 tells (of DynamoDB; elsewhere the words vary), the code for a form is inferred.
_MALFORMED = {"query": "MalformedInput"}
_S3_CODES = {
    "Key": "KeyTooLongError",
    "StorageClass": "InvalidStorageClass",
    "LocationConstraint": "InvalidLocationConstraint",
    "ServerSideEncryption": "InvalidEncryptionAlgorithmError",
}
_MALFORMED_XML = (
    "The XML you provided was not well-formed or did not validate against our published schema"
)


def validation_error(
    operation: OperationModel, protocol: str, found: Sequence[Problem]
) -> ServiceError:
    """What the service answers to a request with these problems, of which there is at least one."""
    service = operation.service_model.service_name
    unreadable = [problem for problem in found if problem.kind is Kind.MALFORMED]
    if service == "s3":
        return _s3_error(operation, (unreadable or found)[0])
    if unreadable:
        said = "; ".join(_unreadable(problem) for problem in unreadable)
        return ServiceError(_MALFORMED.get(protocol, "SerializationException"), said)
    return _WORDINGS.get(service, _listed)(operation, found)


def _unreadable(problem: Problem) -> str:
    return f"{problem.what} (at '{_aws_path(problem.path)}')" if problem.path else problem.what


def _listed(operation: OperationModel, found: Sequence[Problem]) -> ServiceError:
    codes = CODES[operation.service_model.service_name]
    count = f"{len(found)} validation error{'s' if len(found) > 1 else ''} detected"
    said = "; ".join(_phrase(problem, shows_values=codes.shows_values) for problem in found)
    return ServiceError(_constraint_code(operation, codes), f"{count}: {said}")


def _constraint_code(operation: OperationModel, codes: Codes) -> str:
    listed = {shape.name for shape in operation.error_shapes}
    if codes.younger in listed and codes.constraint not in listed:
        return codes.younger
    return codes.constraint


def _phrase(problem: Problem, *, shows_values: bool) -> str:
    shown = "" if problem.value is None or not shows_values else f" '{problem.value}'"
    if problem.kind is Kind.MISSING:
        shown = " null"
    path = _aws_path(problem.path)
    return f"Value{shown} at '{path}' failed to satisfy constraint: {problem.what}"


def _aws_path(path: str) -> str:
    """A path as AWS spells it, every member with a small first letter."""
    return ".".join(name[:1].lower() + name[1:] for name in path.split("."))


def _ecr_error(operation: OperationModel, found: Sequence[Problem]) -> ServiceError:
    first = found[0]
    what = first.what.removeprefix("Member ")
    if "pattern: " in what:
        what = what.replace("pattern: ", "'", 1) + "'"
    message = f"Invalid parameter at '{_aws_path(first.path)}' failed to satisfy constraint"
    return ServiceError(_constraint_code(operation, CODES["ecr"]), f"{message}: '{what}'")


def _sqs_error(_: OperationModel, found: Sequence[Problem]) -> ServiceError:
    first = found[0]
    if first.kind is Kind.MISSING:
        message = f"The request must contain the parameter {first.path}."
        return ServiceError(CODES["sqs"].missing, message)
    shown = f"Value {first.value} for" if first.value is not None else "The"
    message = f"{shown} parameter {first.path} is invalid. Reason: {first.what}."
    return ServiceError(CODES["sqs"].constraint, message)


def _s3_error(operation: OperationModel, first: Problem) -> ServiceError:
    """S3 names no more than the argument; a body that does not fit is one error to it."""
    top = first.path.split(".")[0]
    members = operation.input_shape.members
    payload = operation.input_shape.serialization.get("payload")
    if first.path == payload and first.kind is Kind.MISSING:
        return ServiceError("MissingRequestBodyError", "Request Body is empty")
    if first.path == "" or top == payload:
        return ServiceError("MalformedXML", f"{_MALFORMED_XML} ({first.path}: {first.what})")
    if first.kind is Kind.MISSING:
        header = members[top].serialization.get("name", top)
        return ServiceError(CODES["s3"].missing, f"Missing required header or argument: {header}")
    name = members[top].serialization.get("name", top) if top in members else top
    code = _S3_CODES.get(top, CODES["s3"].constraint)
    return ServiceError(
        code, f"{name}: {first.what}", ArgumentName=name, ArgumentValue=first.value or ""
    )


_WORDINGS: Mapping[str, Callable[[OperationModel, Sequence[Problem]], ServiceError]] = {
    "ecr": _ecr_error,
    "sqs": _sqs_error,
}
