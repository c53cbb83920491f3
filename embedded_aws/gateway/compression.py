"""Requests whose bodies SDKs compress: metric data beyond 10 KB (API reference, PutMetricData)."""

from __future__ import annotations

import gzip
import io
import zlib

from moto.core.request import Request

from embedded_aws.gateway.service import ServiceError

# Of the services that are served, no other has an operation whose model names an encoding.
COMPRESSED_SERVICES = frozenset({"cloudwatch"})


def uncompressed(request: Request) -> Request:
    """The same request, as if its body had not been compressed.

    Raises:
        ServiceError: it says that it is, and is not.
    """
    if request.headers.get("Content-Encoding") != "gzip":
        return request
    try:
        body = gzip.decompress(request.get_data(cache=True))
    except (gzip.BadGzipFile, EOFError, zlib.error) as broken:
        message = f"The body is not compressed by gzip, as Content-Encoding says: {broken}"
        raise ServiceError("SerializationException", message) from broken
    environ = {name: it for name, it in request.environ.items() if name != "HTTP_CONTENT_ENCODING"}
    plain = {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    return Request({**environ, **plain})
