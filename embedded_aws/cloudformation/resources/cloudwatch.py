"""CloudWatch: alarms on metrics."""

from __future__ import annotations

from typing import Any

from embedded_aws.cloudformation.resources import tags
from embedded_aws.cloudformation.resources.handler import Context, Handler, Properties, Resource

_ARGUMENTS = frozenset(
    {
        "ActionsEnabled",
        "AlarmActions",
        "AlarmDescription",
        "ComparisonOperator",
        "DatapointsToAlarm",
        "Dimensions",
        "EvaluateLowSampleCountPercentile",
        "EvaluationPeriods",
        "ExtendedStatistic",
        "InsufficientDataActions",
        "MetricName",
        "Metrics",
        "Namespace",
        "OKActions",
        "Period",
        "Statistic",
        "Threshold",
        "ThresholdMetricId",
        "TreatMissingData",
        "Unit",
    }
)


class Alarm(Handler):
    """``AWS::CloudWatch::Alarm``."""

    type = "AWS::CloudWatch::Alarm"
    properties = frozenset({"AlarmName", "Tags", *_ARGUMENTS})
    attributes = frozenset({"Arn"})

    def is_taken(self, context: Context, properties: Properties) -> bool:
        """PutMetricAlarm replaces an alarm."""
        names = [properties["AlarmName"]] if "AlarmName" in properties else []
        found = context.client("cloudwatch").describe_alarms(AlarmNames=names) if names else {}
        return bool(found.get("MetricAlarms"))

    def create(self, context: Context, properties: Properties) -> str:
        """Put the alarm."""
        name: str = properties.get("AlarmName") or context.generated_name(255)
        _put(context, name, properties, Tags=properties.get("Tags", []))
        return name

    def read(self, resource: Resource) -> dict[str, Any]:
        """The ARN."""
        return {"Arn": resource.context.arn("cloudwatch", f"alarm:{resource.physical_id}")}

    def update(self, resource: Resource, new: Properties) -> None:
        """Put the alarm over itself, and change the tags."""
        _put(resource.context, resource.physical_id, new)
        cloudwatch = resource.client("cloudwatch")
        arn = resource.context.arn("cloudwatch", f"alarm:{resource.physical_id}")
        change = tags.change(resource.properties, new)
        if change.removed:
            cloudwatch.untag_resource(ResourceARN=arn, TagKeys=change.removed)
        if change.added:
            cloudwatch.tag_resource(ResourceARN=arn, Tags=tags.as_list(change.added))

    def delete(self, resource: Resource) -> None:
        """Delete the alarm."""
        resource.client("cloudwatch").delete_alarms(AlarmNames=[resource.physical_id])


def _put(context: Context, name: str, properties: Properties, **more: Any) -> None:  # noqa: ANN401
    arguments = {key: properties[key] for key in properties.keys() & _ARGUMENTS}
    context.client("cloudwatch").put_metric_alarm(AlarmName=name, **arguments, **more)
