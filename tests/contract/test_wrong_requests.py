"""Hundreds of wrong requests, made from the models, are refused as AWS refuses them."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from email.message import Message
from urllib.error import HTTPError

import pytest

from embedded_aws.gateway.moto_services import moto_operations
from embedded_aws.gateway.validation_errors import CODES
from embedded_aws.instance import Instance
from embedded_aws.services import MOTO_SERVICES
from tests.contract.model_requests import (
    NoExampleError,
    WireRequest,
    WrongRequest,
    well_formed,
    wrong_requests,
)

EACH = 3
SERVICES = sorted(CODES)
# What a service may call a request that breaks its model, beside the code of its constraints.
OTHER_CODES: Mapping[str, set[str]] = {
    "logs": {"ValidationException"},
    "sqs": {"MissingParameter"},
    "s3": {
        *("InvalidEncryptionAlgorithmError", "InvalidStorageClass", "KeyTooLongError"),
        *("MalformedXML", "MissingRequestBodyError", "InvalidLocationConstraint"),
    },
}
UNREADABLE = {"SerializationException", "MalformedInput"}


def operations(aws: Instance, service: str) -> list[str]:
    native = {each.name: each.operations() for each in aws.services}
    return sorted(native.get(service) or moto_operations(service))


def answer(aws: Instance, sent: WireRequest) -> tuple[int, str, str]:
    """Status, error code and body."""
    credential = f"Credential=AKIDUSER/20261101/us-east-1/{sent.signing_name}/aws4_request"
    signature = f"AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=unused"
    request = urllib.request.Request(  # noqa: S310  # loopback
        f"{aws.url}{sent.path}",
        data=sent.body if sent.method != "GET" else None,
        method=sent.method,
        headers={"Content-Type": "", **sent.headers, "Authorization": signature},
    )
    try:
        with urllib.request.urlopen(request) as given:  # noqa: S310  # loopback
            return given.status, "", ""
    except HTTPError as refused:
        with refused:
            body = refused.read().decode()
            return refused.status, code(refused.headers, body), body[:300]


def code(headers: Message, body: str) -> str:
    """As SDKs find it: services that once spoke Query repeat that protocol's code."""
    of_query = headers.get("x-amzn-query-error", "").partition(";")[0]
    found = re.search(r'"__type": "(?:[^"#]*#)?([^"]+)"|<Code>([^<]+)</Code>', body)
    return of_query or (found and (found[1] or found[2])) or ""


def expected_codes(wrong: WrongRequest) -> set[str]:
    service = wrong.sent.service
    if wrong.wrong == "mistyped":
        return UNREADABLE
    return {CODES[service].constraint, *OTHER_CODES.get(service, ())}


@pytest.mark.parametrize("service", SERVICES)
def test_wrong_requests_are_refused_with_the_services_code(service: str, aws: Instance) -> None:
    wrong = wrong_requests(service, operations(aws, service), EACH)
    kept = {}
    for each in wrong:
        status, code, body = answer(aws, each.sent)
        if status != 400 or code not in expected_codes(each):
            kept[str(each)] = (status, code, body)
    assert kept == {}


def test_there_are_two_hundred_of_them_from_every_service(aws: Instance) -> None:
    made = {each: wrong_requests(each, operations(aws, each), EACH) for each in SERVICES}
    assert sum(len(requests) for requests in made.values()) >= 200
    assert all(made.values())
    assert MOTO_SERVICES | {each.name for each in aws.services} == set(SERVICES)


@pytest.mark.parametrize("service", SERVICES)
def test_a_well_formed_request_passes_the_model(service: str, aws: Instance) -> None:
    """It may fail for want of what it names, but it reaches the services' log of calls."""
    logged = len(aws.calls)
    sent = []
    for operation in operations(aws, service)[:6]:
        with suppress(NoExampleError):
            sent.append(well_formed(service, operation))
    refused = {each.operation: answer(aws, each) for each in sent}
    reached = {each.operation for each in [*aws.calls][logged:]}
    assert {name: refused[name] for name in refused.keys() - reached} == {}
