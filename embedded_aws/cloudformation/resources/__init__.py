"""The resource types that the engine can deploy, a module or two per service."""

from __future__ import annotations

from collections.abc import Mapping

from embedded_aws.cloudformation.resources import (
    awslambda,
    awslambda_event_sources,
    awslambda_invocation,
    awslambda_publishing,
    cloudwatch,
    events,
    iam,
    kms,
    logs,
    s3,
    sagemaker,
    scheduler,
    sns,
    sqs,
    ssm,
    stepfunctions,
)
from embedded_aws.cloudformation.resources.handler import Handler

_HANDLERS: tuple[Handler, ...] = (
    awslambda_publishing.Alias(),
    awslambda_invocation.EventInvokeConfig(),
    awslambda_event_sources.EventSourceMapping(),
    awslambda.Function(),
    awslambda_publishing.LayerVersion(),
    awslambda_invocation.Permission(),
    awslambda_publishing.Version(),
    cloudwatch.Alarm(),
    events.Rule(),
    iam.InlinePolicy(),
    iam.ManagedPolicy(),
    iam.Role(),
    kms.Alias(),
    kms.Key(),
    logs.LogGroup(),
    s3.Bucket(),
    s3.BucketPolicy(),
    sagemaker.ModelPackageGroup(),
    scheduler.Schedule(),
    scheduler.ScheduleGroup(),
    sns.Subscription(),
    sns.Topic(),
    sns.TopicPolicy(),
    sqs.Queue(),
    sqs.QueuePolicy(),
    ssm.Parameter(),
    stepfunctions.StateMachine(),
    stepfunctions.StateMachineAlias(),
    stepfunctions.StateMachineVersion(),
)

HANDLERS: Mapping[str, Handler] = {handler.type: handler for handler in _HANDLERS}
