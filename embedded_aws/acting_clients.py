"""Boto3 clients of one instance's own services, which differ in nothing but whom they act as.

Making a client costs botocore some 20 ms, and a call over HTTP 3 ms: a night has dozens of
callers, and makes hundreds of calls.
"""

from __future__ import annotations

import base64
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from botocore.credentials import Credentials as BotocoreCredentials
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import ConnectionClosedError

from embedded_aws.gateway.arguments import NotPlain, arrived
from embedded_aws.gateway.call import ConnectionLost
from embedded_aws.gateway.direct import read_answer

if TYPE_CHECKING:
    from botocore.model import OperationModel

    from embedded_aws.clock import Clock
    from embedded_aws.gateway.app import Gateway
    from embedded_aws.gateway.service import Parameters

_FIRST_ERROR_STATUS = 300
Client = Any
"""Boto3 clients have no static types."""


class ThreadsCredentials(BotocoreCredentials):  # type: ignore[misc]  # botocore is untyped
    """Signs in the name of whom the calling thread acts as; also botocore's provider of itself."""

    def __init__(self) -> None:
        super().__init__("unused", "unused", method="explicit")
        self._acting = threading.local()

    def load_credentials(self) -> ThreadsCredentials:
        """What botocore asks of a provider of credentials."""
        return self

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        """The credentials that sign the calling thread's request."""
        return self._acting.credentials

    @contextmanager
    def of(self, credentials: ReadOnlyCredentials) -> Iterator[None]:
        """Sign with these."""
        self._acting.credentials = credentials
        try:
            yield
        finally:
            del self._acting.credentials


class ActingClients:
    """Makes a client act as somebody; its calls take the direct door where they can."""

    def __init__(self, signer: ThreadsCredentials, clock: Clock) -> None:
        self._signer = signer
        self._clock = clock
        self.gateway: Gateway | None = None

    def acting(self, client: Client, credentials: ReadOnlyCredentials) -> Client:
        """A twin of a client, which shares all of it but its credentials."""
        twin = object.__new__(type(client))
        model = client.meta.service_model
        over_http = client._make_api_call  # noqa: SLF001  # what botocore's own stubber of calls patches

        def make_api_call(operation_name: str, arguments: dict[str, Any]) -> dict[str, Any]:
            operation = model.operation_model(operation_name)
            answered = self._directly(client, operation, arguments, credentials.access_key)
            if answered is not None:
                return answered
            with self._signer.of(credentials):
                answer: dict[str, Any] = over_http(operation_name, arguments)
                return answer

        vars(twin).update(vars(client), _make_api_call=make_api_call)
        return twin

    def _directly(
        self,
        client: Client,
        operation: OperationModel,
        given: dict[str, Any],
        access_key_id: str,
    ) -> dict[str, Any] | None:
        if self.gateway is None or not self.gateway.is_direct(operation, given):
            return None
        try:
            parameters = arrived(operation, given)
        except NotPlain:
            return None
        parameters |= _added(operation.name, parameters)
        try:
            with self._clock.waited_for():
                answer = self.gateway.answer_directly(operation, parameters, access_key_id)
        except ConnectionLost as lost:
            raise ConnectionClosedError(endpoint_url=client.meta.endpoint_url) from lost
        parsed = read_answer(operation, self.gateway.protocol_of(operation), answer)
        if answer.status >= _FIRST_ERROR_STATUS:
            code = parsed.get("Error", {}).get("Code")
            raise client.exceptions.from_code(code)(parsed, operation.name)
        return parsed


def _added(operation: str, parameters: Parameters) -> Parameters:
    """What botocore adds to a request for an object, or with one."""
    if operation == "GetObject":
        return {"ChecksumMode": "ENABLED"}
    if operation == "PutObject":
        checksum = zlib.crc32(parameters.get("Body", b"")).to_bytes(4, "big")
        return {
            "ChecksumAlgorithm": "CRC32",
            "ChecksumCRC32": base64.b64encode(checksum).decode(),
        }
    return {}
