"""What stock moto does with alarms; that it is mended is shown in tests/embedded_aws/delivery."""

from __future__ import annotations

from moto.cloudwatch.models import CloudWatchBackend

from embedded_aws.moto_mends import cloudwatch_alarms


def test_stock_moto_finds_every_alarm_ok_whatever_its_metric() -> None:
    backend = CloudWatchBackend("us-east-1", "123456789012")
    alarm = cloudwatch_alarms._STOCK_PUT_ALARM(
        backend,
        name="a",
        namespace="N",
        metric_name="m",
        comparison_operator="GreaterThanThreshold",
        evaluation_periods=1,
        period=60,
        threshold=1.0,
        statistic="Sum",
        description="",
        dimensions=[],
        alarm_actions=[],
    )
    created = alarm.state_value

    cloudwatch_alarms._STOCK_PUT_DATA(backend, "N", [{"MetricName": "m", "Value": 5}])

    assert (created, alarm.state_value) == ("OK", "OK")
