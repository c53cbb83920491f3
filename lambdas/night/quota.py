"""Counts what did not fit into SageMaker's graph, for the one alarm on it."""

from __future__ import annotations

from aws_lambda_powertools.metrics import MetricUnit, single_metric


def count_out_of_quota() -> None:
    """Add one to LineageOutOfQuota, whichever function found the quota used up.

    The alarm listens to a single dimension: that of the function which finds it most often.
    """
    with single_metric(name="LineageOutOfQuota", unit=MetricUnit.Count, value=1) as metric:
        metric.add_dimension(name="service", value="record_lineage")
