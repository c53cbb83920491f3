"""Public prices of us-east-1 as of 2026-11-23, and how each is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_PAGE, _SECOND_HAND = "the page's text", "second-hand"


@dataclass(frozen=True)
class Price:
    """What one unit costs, before any free tier or discount.

    Attributes:
        shown: As the source has it.
        dollars: For one of what is counted.
        source: The page that publishes it.
        known: From that page's own text; or from others who quote it, as most of AWS's pages
            fill their figures in by script.
    """

    what: str
    shown: str
    dollars: float
    source: str
    known: str = _SECOND_HAND


_CLOUDWATCH = "https://aws.amazon.com/cloudwatch/pricing/"
_LAMBDA = "https://aws.amazon.com/lambda/pricing/"
_MWAA = "https://aws.amazon.com/managed-workflows-for-apache-airflow/pricing/"
_S3 = "https://aws.amazon.com/s3/pricing/"
_SAGEMAKER = "https://aws.amazon.com/sagemaker/pricing/"

PRICES: Mapping[str, Price] = {
    "transition": Price(
        "Step Functions, Standard",
        "$0.025 for 1,000",
        0.025 / 1_000,
        "https://aws.amazon.com/step-functions/pricing/",
        _PAGE,
    ),
    "gigabyte-second": Price("Lambda, arm64", "$0.0000133334", 0.0000133334, _LAMBDA),
    "invocation": Price("Lambda, requests", "$0.20 for a million", 0.2 / 1e6, _LAMBDA),
    "s3-read": Price("S3, GET and HEAD", "$0.0004 for 1,000", 0.0004 / 1_000, _S3),
    "s3-write": Price("S3, PUT and LIST", "$0.005 for 1,000", 0.005 / 1_000, _S3),
    "s3-mb-year": Price("S3, storage", "$0.023 a GB and month", 0.023 * 12 / 1_024, _S3),
    "log-mb": Price("CloudWatch, logs", "$0.50 a GB", 0.5 / 1_024, _CLOUDWATCH),
    "alarm-night": Price("CloudWatch, alarm", "$0.10 a month", 0.1 / 30, _CLOUDWATCH),
    # "Prorated by the hour and metered only when you send": one hour a night.
    "metric-hour": Price("CloudWatch, metric", "$0.30 a month", 0.3 / 730, _CLOUDWATCH),
    "job-minute": Price("SageMaker, ml.m5.xlarge", "$0.23 an hour", 0.23 / 60, _SAGEMAKER),
    "endpoint-second": Price(
        "SageMaker, serverless of 2 GB", "$0.00004 a second", 0.00004, _SAGEMAKER
    ),
    "pipelines": Price("SageMaker Pipelines", "no charge of its own", 0.0, _SAGEMAKER),
    "mwaa-serverless": Price("MWAA Serverless, a task", "$0.08 an hour", 0.08, _MWAA),
    "mwaa-micro": Price("MWAA, mw1.micro", "$0.29 an hour", 0.29, _MWAA),
    "mwaa-small": Price("MWAA, mw1.small", "$0.49 an hour", 0.49, _MWAA),
}
