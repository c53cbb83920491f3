"""NotifyNight: tells people of a night that failed, timed out, was aborted, or was rejected."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes import EventBridgeEvent, event_source

from night import notice
from night.history import Reading, events_of
from night.outcome import Ended

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

LOG = Logger(service="notify_night")
STEP_FUNCTIONS = boto3.client("stepfunctions")
SNS = boto3.client("sns")
TOPIC_ARN = os.environ["TOPIC_ARN"]


@LOG.inject_lambda_context
@event_source(data_class=EventBridgeEvent)
def handler(event: EventBridgeEvent, _context: LambdaContext) -> dict[str, str]:
    """Take a "Step Functions Execution Status Change" of the retrain machine.

    What is delivered twice is told twice: rather that than not at all.
    """
    told = _notice(event.detail)
    SNS.publish(TopicArn=TOPIC_ARN, Subject=told.subject, Message=told.text)
    LOG.info("told", subject=told.subject)
    return {"Subject": told.subject}


def _notice(detail: dict[str, Any]) -> notice.Notice:
    ended = Ended.parse(detail)
    if ended.status == "SUCCEEDED":
        output = json.loads(detail["output"])
        return notice.of_rejection(ended.execution_arn, ended.workflow, output)
    history = events_of(STEP_FUNCTIONS, ended.execution_arn)
    return notice.of_failure(ended, Reading.of(history, ended.redrive_count))
