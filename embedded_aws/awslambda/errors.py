"""Lambda's errors, in AWS's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from embedded_aws.gateway.service import ServiceError


def invalid_parameter(message: str) -> ServiceError:
    """A value that breaks a rule which the service model does not express."""
    return ServiceError("InvalidParameterValueException", message)


def unreadable_code(where: Mapping[str, str], s3_code: str, s3_message: str) -> ServiceError:
    """An archive that S3 does not hand out."""
    told = f"S3 Error Code: {s3_code}. S3 Error Message: {s3_message}"
    if s3_code != "AccessDenied":
        return invalid_parameter(f"Error occurred while GetObject. {told}")
    message = (
        "Your access has been denied by S3, please make sure your request credentials have "
        f"permission to GetObject for {where['Bucket']}/{where['Key']}. {told}"
    )
    return ServiceError("AccessDeniedException", message, status=403)


def not_found(message: str = "The resource you requested does not exist.") -> ServiceError:
    """Something that is not there."""
    return ServiceError("ResourceNotFoundException", message, status=404)


def function_not_found(function_arn: str) -> ServiceError:
    """A function, version or alias that is not there."""
    return not_found(f"Function not found: {function_arn}")


def conflict(message: str) -> ServiceError:
    """Something that exists already or is in use."""
    return ServiceError("ResourceConflictException", message, status=409)


def precondition_failed() -> ServiceError:
    """A RevisionId that is no longer the current one."""
    message = (
        "The Revision Id provided does not match the latest Revision Id. "
        "Call the GetFunction/GetAlias API to retrieve the latest Revision Id"
    )
    return ServiceError("PreconditionFailedException", message, status=412)


def too_many_requests() -> ServiceError:
    """All of a function's reserved concurrency is in use."""
    return ServiceError(
        "TooManyRequestsException",
        "Rate Exceeded.",
        status=429,
        Reason="ReservedFunctionConcurrentInvocationLimitExceeded",
        Type="User",
    )


def unsupported(what: str) -> ServiceError:
    """A legal request that this emulation does not carry out."""
    message = f"the embedded AWS does not support {what}"
    return ServiceError("NotImplementedError", message, status=501)


def refuse_others(parameters: Mapping[str, object], supported: Iterable[str]) -> None:
    """Refuse every parameter that is set and not supported; empty ones ask for nothing.

    Raises:
        ServiceError: naming the first of them.
    """
    for name in parameters.keys() - set(supported):
        if parameters[name]:
            raise unsupported(f"Lambda's {name}")
