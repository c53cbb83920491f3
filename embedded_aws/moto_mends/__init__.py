"""Stock moto behaviours that differ from AWS, each mended in a module of its own."""

from __future__ import annotations

from embedded_aws.alarms.watch import AlarmWatch
from embedded_aws.clock import Clock
from embedded_aws.delivery.bucket_notifications import BucketNotifications
from embedded_aws.delivery.mailbox import Mailbox
from embedded_aws.delivery.subscriptions import Subscriptions
from embedded_aws.environment import Environment
from embedded_aws.eventbridge.bus import EventBus
from embedded_aws.moto_mends import (
    cloudwatch_alarm_filters,
    cloudwatch_alarms,
    creation_times,
    events_delivery,
    iam_managed_policies,
    iam_policy_version,
    iam_user_boundaries,
    logs_retention,
    logs_stream_prefix,
    method_names,
    module_names,
    s3_bucket_policies,
    s3_form_bodies,
    s3_key_marker,
    s3_notifications,
    s3_object_lock,
    sns_delivery,
    sns_topic_arns,
    sqs_arrivals,
    sqs_attributes,
    virtual_time,
)


def apply(clock: Clock) -> None:
    """Mend the moto of this process; applying again only changes the clock."""
    virtual_time.apply(clock)
    cloudwatch_alarm_filters.apply()
    creation_times.apply(clock)
    iam_managed_policies.apply()
    iam_policy_version.apply()
    iam_user_boundaries.apply()
    logs_retention.apply()
    logs_stream_prefix.apply()
    method_names.apply()
    module_names.apply()
    s3_bucket_policies.apply()
    s3_form_bodies.apply()
    s3_key_marker.apply()
    s3_object_lock.apply()
    sns_topic_arns.apply()
    sqs_arrivals.apply()
    sqs_attributes.apply()


def connect(environment: Environment, mailbox: Mailbox) -> None:
    """Let what moto's services have to deliver reach every service of an instance, or its mail."""
    events_delivery.apply(EventBus(environment))
    sns_delivery.apply(Subscriptions(environment), mailbox)
    s3_notifications.apply(BucketNotifications(environment))
    cloudwatch_alarms.apply(AlarmWatch(environment))
