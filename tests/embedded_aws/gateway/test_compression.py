"""Bodies that SDKs compress on their way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Make = Callable[[str], Any]


def test_as_many_metric_data_arrive_as_were_sent(client: Make) -> None:
    """The SDK compresses bodies beyond 10 KB, which these are."""
    cloudwatch, namespace = client("cloudwatch"), "Compressed"
    names = [f"metric-{number}" for number in range(500)]
    cloudwatch.put_metric_data(
        Namespace=namespace, MetricData=[{"MetricName": name, "Value": 1.0} for name in names]
    )
    pages = cloudwatch.get_paginator("list_metrics").paginate(Namespace=namespace)
    assert sorted(it["MetricName"] for page in pages for it in page["Metrics"]) == sorted(names)


def test_a_body_that_is_not_compressed_as_it_says_is_refused(wire: Callable[..., Any]) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Content-Encoding": "gzip"}
    refused = wire("POST", "/", b"Action=PutMetricData", headers, "us-east-1/monitoring")
    assert refused.status == 400
    assert b"not compressed by gzip" in refused.body
