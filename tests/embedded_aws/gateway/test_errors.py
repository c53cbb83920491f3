"""Refusals as the clients of each protocol read them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.awsrequest import HeadersDict
from botocore.parsers import create_parser

from embedded_aws.gateway.errors import Refusal, write_error
from embedded_aws.gateway.service import ServiceError

Call = Callable[..., Any]
REFUSED = ServiceError("AccessDenied", "you <may> not & must not", status=403)
PROTOCOLS = ("json", "rest-json", "query", "ec2", "rest-xml", "smithy-rpc-v2-cbor")


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_botocore_reads_code_message_and_request_id(protocol: str) -> None:
    answer = write_error(protocol, Refusal(REFUSED, "id-1"))
    parsed = create_parser(protocol).parse(
        {
            "body": answer.body,
            "headers": HeadersDict(answer.headers),
            "status_code": answer.status,
        },
        None,
    )
    assert parsed["Error"]["Code"] == "AccessDenied"
    assert parsed["Error"]["Message"] == "you <may> not & must not"
    assert parsed["ResponseMetadata"]["RequestId"] == "id-1"
    assert answer.status == 403


def test_s3_tells_what_was_asked_for_and_by_which_host(s3_call: Call) -> None:
    refused = s3_call("GET", "/bucket/key?retention")
    assert refused.status == 501
    assert refused.text("Resource") == "/bucket/key"
    assert refused.text("RequestId") == refused.headers["x-amz-request-id"]
    assert refused.text("HostId") == refused.headers["x-amz-id-2"]


def test_an_answer_to_head_has_no_body(s3_call: Call) -> None:
    refused = s3_call("HEAD", "/bucket", scope="eu-west-1/s3")
    assert refused.status == 400
    assert refused.body == b""
    assert refused.headers["x-amz-bucket-region"] == "us-east-1"


def test_moto_answers_under_the_request_id_of_the_front_door(form_call: Call) -> None:
    refused = form_call("iam", "GetRole", RoleName="none")
    assert refused.code == "NoSuchEntity"
    assert refused.text("RequestId") == refused.headers["x-amzn-requestid"]


@pytest.mark.parametrize(
    ("service", "operation"), [("ssm", "DescribePatchGroups"), ("kms", "ConnectCustomKeyStore")]
)
def test_what_moto_lacks_is_refused_before_it_is_asked(
    service: str, operation: str, json_call: Call
) -> None:
    refused = json_call(service, operation, {})
    assert refused.status == 501
    assert refused.document["message"] == (
        f"the embedded AWS does not support {service}:{operation}"
    )


def test_what_moto_fails_on_is_not_worth_a_retry(json_call: Call) -> None:
    refused = json_call("kms", "GenerateRandom", {})
    assert refused.status == 501
    assert "kms:GenerateRandom: moto, which emulates it, failed" in refused.document["message"]


@pytest.mark.parametrize(
    ("service", "target"), [("dynamodb", "DynamoDB_20120810.ListTables"), ("ecs", "ECS.X")]
)
def test_a_service_that_nobody_looked_at_is_refused_by_name(
    service: str, target: str, wire: Call
) -> None:
    headers = {"X-Amz-Target": target}
    refused = wire("POST", "/", b"{}", headers, f"us-east-1/{service}")
    assert refused.status == 501
    assert refused.document["message"] == f"the embedded AWS does not serve {service}"


def test_an_unknown_action_is_invalid(form_call: Call) -> None:
    refused = form_call("iam", "InventSomething")
    assert refused.status == 400
    assert refused.code == "InvalidAction"


def test_who_speaks_cbor_is_told_so(wire: Call) -> None:
    path = "/service/GraniteServiceVersion20100801/operation/ListMetrics"
    headers = {"smithy-protocol": "rpc-v2-cbor", "Content-Type": "application/cbor"}
    refused = wire("POST", path, b"\xa0", headers, "us-east-1/monitoring")
    assert refused.status == 501
    assert b"does not speak rpc-v2-cbor" in refused.body


def test_an_unsigned_request_lacks_its_token(json_call: Call, form_call: Call) -> None:
    of_json = json_call("ssm", "GetParameter", {"Name": "/p"}, scope="")
    assert (of_json.status, of_json.code) == (403, "MissingAuthenticationTokenException")
    assert json.loads(of_json.body)["message"] == "Missing Authentication Token"
    of_query = form_call("iam", "ListRoles", scope="")
    assert (of_query.status, of_query.code) == (403, "MissingAuthenticationToken")


def test_an_unsigned_request_to_s3_is_anonymous(s3_call: Call) -> None:
    assert s3_call("GET", "/somebodys-bucket/key", scope="").status in {403, 404}
