"""The gate: identifies the caller of every call, lets it through or not, and logs it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from embedded_aws.clock import Clock
from embedded_aws.gateway.call import Call, ConnectionLost, Handler, HttpAnswer
from embedded_aws.gateway.service import ServiceError
from embedded_aws.iam import denials, documents
from embedded_aws.iam.authorization import AccessDenied, Authorization
from embedded_aws.iam.call_log import CallLog, CallRecord, Judgement
from embedded_aws.iam.callers import Caller
from embedded_aws.iam.identification import ExpiredKey, Identification, UnknownKey
from embedded_aws.iam.identities import Identities
from embedded_aws.s3 import public_access

_XML_CODE = re.compile(rb"<Code>([^<]+)</Code>")
_FAILED = 400
_NOT_FOUND = 404
_READING_OBJECTS = frozenset({"GetObject", "HeadObject", "GetObjectAttributes", "GetObjectTagging"})


class AccessLayer:
    """The first layer: nothing is done for whoever may not ask for it."""

    def __init__(
        self,
        identification: Identification,
        identities: Identities,
        authorization: Authorization,
        log: CallLog,
        clock: Clock,
        role_deleted: Callable[[str], None],
    ) -> None:
        self._identification = identification
        self._identities = identities
        self._authorization = authorization
        self._log = log
        self._clock = clock
        self._role_deleted = role_deleted

    def __call__(self, call: Call, proceed: Handler) -> HttpAnswer:
        """Refuse, or pass the call on in its caller's name."""
        caller = self._known_caller(call)
        record = partial(
            CallRecord,
            self._clock.now(),
            caller.arn,
            caller.principal_arn,
            call.service,
            call.operation,
        )
        judgements: tuple[Judgement, ...] = ()
        try:
            judgements = self._authorization.judge(call, caller)
            documents.check(call, self._identities.is_principal)
            public_access.check(call)
            context = replace(call.context, principal_arn=caller.principal_arn)
            answer = proceed(Call(context, call.service, call.operation, call.parameters))
            judgements += self._hide_missing_key(call, caller, answer)
        except AccessDenied as denied:
            judgements += denied.judgements
            self._log.add(record(judgements, denied.error.code, denied.error.status))
            raise denied.error from denied
        except ServiceError as error:
            self._log.add(record(judgements, error.code, error.status))
            raise
        except ConnectionLost:
            self._log.add(record(judgements))
            raise
        self._log.add(record(judgements, _error_code(answer), answer.status))
        if call.operation == "DeleteRole" and answer.status < _FAILED:
            self._role_deleted(call.parameters["RoleName"])
        return answer

    def _known_caller(self, call: Call) -> Caller:
        try:
            return self._caller(call)
        except ServiceError as refused:
            # Nobody is behind such a key; the log tells whose it claims to be.
            key_id = call.context.access_key_id
            self._log.add(
                CallRecord(
                    self._clock.now(),
                    key_id,
                    key_id,
                    call.service,
                    call.operation,
                    judgements=(),
                    error_code=refused.code,
                    status=refused.status,
                )
            )
            raise

    def _caller(self, call: Call) -> Caller:
        try:
            return self._identification.caller(call.context.access_key_id)
        except UnknownKey as unknown:
            raise denials.unknown_key(call.service) from unknown
        except ExpiredKey as expired:
            raise denials.expired_key(call.service) from expired

    def _hide_missing_key(
        self, call: Call, caller: Caller, answer: HttpAnswer
    ) -> tuple[Judgement, ...]:
        """S3 tells that a key is missing only to who may list the bucket (API reference of
        GetObject); anybody else is told that access is denied.
        """  # noqa: D205  # one sentence
        is_reading = call.service == "s3" and call.operation in _READING_OBJECTS
        # That there is no such bucket, everybody is told.
        is_missing = answer.status == _NOT_FOUND and _error_code(answer) != "NoSuchBucket"
        if not (is_reading and is_missing):
            return ()
        bucket = {"Bucket": call.parameters["Bucket"]}
        return self._authorization.judge(Call(call.context, "s3", "ListObjectsV2", bucket), caller)


def _error_code(answer: HttpAnswer) -> str | None:
    if answer.status < _FAILED:
        return None
    headers = {name.lower(): value for name, value in answer.headers.items()}
    found = _XML_CODE.search(answer.body)
    told = headers.get("x-amzn-errortype") or (found.group(1).decode() if found else None)
    return (told or _json_code(answer.body)).partition(":")[0].rpartition("#")[2] or None


def _json_code(body: bytes) -> str:
    try:
        error = json.loads(body)
    except ValueError:
        return ""
    return str(error.get("__type") or error.get("code") or "") if isinstance(error, dict) else ""
