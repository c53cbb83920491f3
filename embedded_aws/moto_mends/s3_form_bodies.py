"""Moto loses what is uploaded to S3 as a form, as curl and urllib label any body by default."""

from __future__ import annotations

from typing import Any

from moto.moto_server.werkzeug_app import BackendRequest

# Set in the WSGI environment of requests to S3, to which no body is a form.
RAW_BODY = "embedded_aws.raw_body"

_STOCK = BackendRequest.want_form_data_parsed


def apply() -> None:
    """Leave a body as it came where the gateway says so."""
    BackendRequest.want_form_data_parsed = property(_wants_form)


def _wants_form(self: Any) -> bool:  # noqa: ANN401  # moto is untyped
    return not self.environ.get(RAW_BODY) and bool(_STOCK.fget(self))
