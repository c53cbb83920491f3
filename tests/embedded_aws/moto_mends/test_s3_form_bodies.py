"""Uploads that are labelled as forms, as urllib and curl label what has no type of its own."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from moto.moto_server.werkzeug_app import BackendRequest

from embedded_aws.moto_mends import s3_form_bodies
from embedded_aws.moto_mends.s3_form_bodies import _STOCK, RAW_BODY

Call = Callable[..., Any]
FORM = "application/x-www-form-urlencoded"


def uploaded(**environ: Any) -> BackendRequest:
    return BackendRequest.from_values(
        method="PUT", data=b"content", content_type=FORM, environ_overrides=environ
    )


def test_stock_moto_finds_no_body_in_what_is_labelled_a_form(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(BackendRequest, "want_form_data_parsed", _STOCK)
    assert uploaded(**{RAW_BODY: True}).data == b""


@pytest.fixture
def _mended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether or not this process has served before."""
    monkeypatch.setattr(BackendRequest, "want_form_data_parsed", _STOCK)
    s3_form_bodies.apply()


@pytest.mark.usefixtures("_mended")
def test_mended_a_body_for_s3_stays_as_it_came() -> None:
    assert uploaded(**{RAW_BODY: True}).data == b"content"


@pytest.mark.usefixtures("_mended")
def test_mended_a_form_for_any_other_service_is_read() -> None:
    assert dict(uploaded().form) == {"content": ""}


def test_a_presigned_url_takes_an_upload_of_any_label(client: Call) -> None:
    """As urllib and curl send it, who name no type of their own."""
    s3 = client("s3")
    s3.create_bucket(Bucket="uploads")
    url = s3.generate_presigned_url("put_object", Params={"Bucket": "uploads", "Key": "k"})
    upload = urllib.request.Request(url, data=b"content", method="PUT")  # noqa: S310  # loopback
    with urllib.request.urlopen(upload) as answer:  # noqa: S310  # loopback
        assert answer.status == 200
    assert s3.get_object(Bucket="uploads", Key="k")["Body"].read() == b"content"
