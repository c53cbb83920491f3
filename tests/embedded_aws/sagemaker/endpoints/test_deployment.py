"""Updates with guardrails, as a client of the endpoint sees them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import xgboost
from botocore.exceptions import ClientError

Refused = Callable[..., tuple[str, str]]
PREFIX = "arn:aws:sagemaker:us-east-1:123456789012"
INSTANCES = {"InstanceType": "ml.m5.large", "InitialInstanceCount": 4}
ROW = "0.9,0.1,0.5"


def blue_green(kind: str, *alarms: str, **more: Any) -> dict[str, Any]:
    """Baking for ten minutes after each step and ten after the last."""
    routing = {"Type": kind, "WaitIntervalInSeconds": 600, **more.pop("routing", {})}
    policy = {
        "TrafficRoutingConfiguration": routing,
        "TerminationWaitInSeconds": 600,
        **more,
    }
    watched = {"Alarms": [{"AlarmName": name} for name in alarms]}
    return {
        "BlueGreenUpdatePolicy": policy,
        **({"AutoRollbackConfiguration": watched} if alarms else {}),
    }


def canary(*alarms: str, **more: Any) -> dict[str, Any]:
    size = {"CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 25}}
    return blue_green("CANARY", *alarms, routing=size, **more)


class Update:
    """An endpoint of four instances, on its way from one model to another."""

    def __init__(self, hosting: Any, old_url: str, new_url: str) -> None:
        self.hosting = hosting
        self.old = hosting.config(hosting.model(old_url), **INSTANCES)
        self.new = hosting.config(hosting.model(new_url), **INSTANCES)
        self.name = hosting.endpoint(self.old)
        hosting.pass_minutes(5)
        self.old_answer = hosting.invoke(self.name, ROW)["Body"].read()

    def begin(self, deployment: dict[str, Any] | None = None, **more: Any) -> None:
        guarded = {"DeploymentConfig": deployment} if deployment else {}
        self.hosting.sagemaker.update_endpoint(
            EndpointName=self.name, EndpointConfigName=self.new, **guarded, **more
        )

    def shares(self, requests: int = 8) -> tuple[int, int]:
        """How many of some requests the old and the new fleet answered."""
        answers = Counter(
            self.hosting.invoke(self.name, ROW)["Body"].read() for _ in range(requests)
        )
        old = answers.pop(self.old_answer, 0)
        return old, requests - old

    def described(self) -> Any:
        return self.hosting.sagemaker.describe_endpoint(EndpointName=self.name)

    def stage(self) -> tuple[str, str]:
        (variant,) = self.described()["PendingDeploymentSummary"]["ProductionVariants"]
        (status,) = variant["VariantStatus"]
        return status["Status"], status["StatusMessage"]


@pytest.fixture(scope="module")
def weaker_url(
    hosting: Any, booster: xgboost.Booster, tmp_path_factory: pytest.TempPathFactory
) -> str:
    path = tmp_path_factory.mktemp("weaker") / "model.ubj"
    booster[:1].save_model(path)
    return str(hosting.archive({"xgboost-model": path.read_bytes()}))


@pytest.fixture
def update(hosting: Any, model_url: str, weaker_url: str) -> Update:
    return Update(hosting, model_url, weaker_url)


@pytest.fixture
def alarm(hosting: Any, client: Callable[[str], Any]) -> Callable[[str], str]:
    """Makes an alarm and sets its state."""
    cloudwatch = client("cloudwatch")
    name = hosting.name("alarm")
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace="AWS/SageMaker",
        MetricName="Invocation5XXErrors",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
    )

    def become(state: str) -> str:
        cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="test")
        return str(name)

    return become


def test_a_canary_takes_its_part_of_the_traffic_while_it_bakes(update: Update) -> None:
    """Guide "Use canary traffic shifting"; messages: "Events that SageMaker sends"."""
    update.begin(canary())

    assert update.stage() == ("Creating", "Launching 4 instance(s).")
    assert update.shares() == (8, 0)
    update.hosting.pass_minutes(5)
    baking = "Baking for 600 seconds (WaitIntervalInSeconds) with traffic enabled on canary "
    assert update.stage() == ("Baking", f"{baking}capacity of 1 instance(s).")
    assert update.shares() == (6, 2)
    update.hosting.pass_minutes(10)
    assert update.shares() == (0, 8)
    assert update.described()["EndpointStatus"] == "Updating"
    assert update.described()["EndpointConfigName"] == update.old
    update.hosting.pass_minutes(10)
    assert update.described()["EndpointStatus"] == "InService"
    assert update.described()["EndpointConfigName"] == update.new


def test_linear_steps_shift_traffic_bit_by_bit(update: Update) -> None:
    """Guide "Use linear traffic shifting"."""
    size = {"LinearStepSize": {"Type": "INSTANCE_COUNT", "Value": 1}}
    update.begin(blue_green("LINEAR", routing=size))
    update.hosting.pass_minutes(5)

    seen = []
    for _ in range(4):
        seen.append(update.shares())
        update.hosting.pass_minutes(10)

    assert seen == [(6, 2), (4, 4), (2, 6), (0, 8)]
    assert update.described()["EndpointStatus"] == "InService"


def test_a_rolling_update_replaces_instances_in_batches(update: Update) -> None:
    """Guide "Use rolling deployments"."""
    policy = {
        "MaximumBatchSize": {"Type": "CAPACITY_PERCENT", "Value": 50},
        "WaitIntervalInSeconds": 600,
    }
    update.begin({"RollingUpdatePolicy": policy})
    update.hosting.pass_minutes(5)

    (old,) = update.described()["ProductionVariants"]
    (new,) = update.described()["PendingDeploymentSummary"]["ProductionVariants"]
    assert (old["CurrentInstanceCount"], new["CurrentInstanceCount"]) == (2, 2)
    assert update.shares() == (4, 4)
    update.hosting.pass_minutes(10 + 5)
    assert update.shares() == (0, 8)
    update.hosting.pass_minutes(10)
    assert update.described()["EndpointStatus"] == "InService"


def test_an_alarm_while_baking_rolls_all_traffic_back(
    update: Update, alarm: Callable[[str], str]
) -> None:
    """Guide "Auto-Rollback Configuration and Monitoring"; terraform-provider-aws 49020."""
    update.begin(canary(alarm("OK")))
    update.hosting.pass_minutes(6)
    assert update.shares() == (6, 2)

    alarm("ALARM")
    update.hosting.pass_minutes(1)
    rolling_back = update.described()
    assert update.shares() == (8, 0)
    update.hosting.pass_minutes(1)
    back = update.described()

    assert rolling_back["EndpointStatus"] == "RollingBack"
    assert back["EndpointStatus"] == "InService"
    assert back["EndpointConfigName"] == update.old
    assert "ALARM" in back["FailureReason"]
    assert "PendingDeploymentSummary" not in back


def test_errors_of_the_new_fleet_trip_an_alarm_on_their_own(
    update: Update, client: Callable[[str], Any]
) -> None:
    """Guide "Monitor SageMaker with CloudWatch": the metrics that guardrails are meant for."""
    dimensions = {"EndpointName": update.name, "VariantName": "AllTraffic"}
    client("cloudwatch").put_metric_alarm(
        AlarmName=update.name,
        Namespace="AWS/SageMaker",
        MetricName="Invocation4XXErrors",
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
    )
    update.begin(canary(update.name))
    update.hosting.pass_minutes(6)
    assert update.described()["EndpointStatus"] == "Updating"

    for _ in range(4):
        with suppress(ClientError):
            update.hosting.invoke(update.name, "1,2,3,4")
    update.hosting.pass_minutes(1)

    assert update.described()["EndpointStatus"] == "RollingBack"


def test_an_alarm_after_the_deployment_changes_nothing(
    update: Update, alarm: Callable[[str], str]
) -> None:
    update.begin(canary(alarm("OK")))
    update.hosting.pass_minutes(25)
    alarm("ALARM")
    update.hosting.pass_minutes(10)

    assert update.described()["EndpointConfigName"] == update.new


def test_an_alarm_that_is_not_there_is_refused(update: Update, refused: Refused) -> None:
    code, message = refused(update.begin, deployment=canary("never-made"))

    assert code == "ValidationException"
    assert "never-made" in message
    assert update.described()["EndpointStatus"] == "InService"


def test_a_deployment_that_takes_too_long_is_rolled_back(update: Update) -> None:
    """API reference of BlueGreenUpdatePolicy, MaximumExecutionTimeoutInSeconds."""
    update.begin(canary(MaximumExecutionTimeoutInSeconds=1260))
    update.hosting.pass_minutes(21)
    assert update.described()["EndpointStatus"] == "RollingBack"
    update.hosting.pass_minutes(1)

    assert update.described()["EndpointConfigName"] == update.old
    assert "MaximumExecutionTimeoutInSeconds" in update.described()["FailureReason"]


def test_a_rolling_rollback_that_fails_leaves_a_mix(
    update: Update, alarm: Callable[[str], str]
) -> None:
    """API reference of DescribeEndpoint, status UpdateRollbackFailed."""
    policy = {
        "MaximumBatchSize": {"Type": "CAPACITY_PERCENT", "Value": 50},
        "WaitIntervalInSeconds": 600,
    }
    watched = {"Alarms": [{"AlarmName": alarm("OK")}]}
    old_url = update.hosting.copied(update.hosting.url_of(update.old))
    mixed = Update(update.hosting, old_url, update.hosting.url_of(update.new))
    mixed.begin({"RollingUpdatePolicy": policy, "AutoRollbackConfiguration": watched})
    mixed.hosting.pass_minutes(6)
    mixed.hosting.s3.delete_object(Bucket="models", Key=old_url.removeprefix("s3://models/"))
    alarm("ALARM")
    mixed.hosting.pass_minutes(1 + 5)

    assert mixed.described()["EndpointStatus"] == "UpdateRollbackFailed"
    assert mixed.shares() == (4, 4)


def test_the_last_deployment_config_can_be_retained(update: Update, model_url: str) -> None:
    """API reference of UpdateEndpoint, RetainDeploymentConfig."""
    update.begin(canary())
    update.hosting.pass_minutes(25)
    assert update.described()["LastDeploymentConfig"] == canary()

    update.new = update.hosting.config(update.hosting.model(model_url), **INSTANCES)
    update.begin(RetainDeploymentConfig=True)
    update.hosting.pass_minutes(5)

    assert update.stage()[0] == "Baking"


def test_guardrails_want_the_same_variants(
    update: Update, model_url: str, refused: Refused
) -> None:
    """Guide "Exclusions": the same variant name as the old endpoint configuration."""
    model = update.hosting.model(model_url)
    update.new = update.hosting.config(model, VariantName="Other", **INSTANCES)

    assert "Other" in refused(update.begin, deployment=canary())[1]
    update.begin()
    update.hosting.pass_minutes(5)
    assert update.hosting.invoke(update.name, ROW)["InvokedProductionVariant"] == "Other"


def test_variant_properties_can_be_retained(update: Update) -> None:
    """API reference of UpdateEndpoint, RetainAllVariantProperties."""
    update.hosting.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=update.name,
        DesiredWeightsAndCapacities=[
            {"VariantName": "AllTraffic", "DesiredInstanceCount": 6, "DesiredWeight": 3.0}
        ],
    )
    update.hosting.pass_minutes(5)
    update.begin(
        RetainAllVariantProperties=True,
        ExcludeRetainedVariantProperties=[{"VariantPropertyType": "DesiredWeight"}],
    )
    update.hosting.pass_minutes(5)

    (variant,) = update.described()["ProductionVariants"]
    assert (variant["CurrentInstanceCount"], variant["CurrentWeight"]) == (6, 1.0)


def test_capacity_changes_take_a_while(update: Update, refused: Refused) -> None:
    """API reference of UpdateEndpointWeightsAndCapacities and ProductionVariantSummary."""
    update.hosting.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=update.name,
        DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredInstanceCount": 6}],
    )

    updating = update.described()
    (variant,) = updating["ProductionVariants"]
    assert updating["EndpointStatus"] == "Updating"
    assert (variant["CurrentInstanceCount"], variant["DesiredInstanceCount"]) == (4, 6)
    message = "Scaling out desired instance count to 6."
    assert variant["VariantStatus"][0]["StatusMessage"] == message
    assert "in-progress" in refused(update.begin)[1]
    update.hosting.pass_minutes(5)
    (variant,) = update.described()["ProductionVariants"]
    assert variant["CurrentInstanceCount"] == 6


def test_every_status_and_stage_is_an_event(update: Update, client: Callable[[str], Any]) -> None:
    """Guide "Events that SageMaker sends to EventBridge"."""
    sqs, events = client("sqs"), client("events")
    arn = f"arn:aws:sqs:us-east-1:123456789012:{update.name}"
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    policy = {"Version": "2012-10-17", "Statement": statement}
    url = sqs.create_queue(QueueName=update.name, Attributes={"Policy": json.dumps(policy)})[
        "QueueUrl"
    ]
    events.put_rule(
        Name=update.name,
        EventPattern=json.dumps({"resources": [f"{PREFIX}:endpoint/{update.name}"]}),
    )
    events.put_targets(Rule=update.name, Targets=[{"Id": "queue", "Arn": arn}])

    update.begin(canary())
    update.hosting.pass_minutes(26)
    update.hosting.sagemaker.delete_endpoint(EndpointName=update.name)
    update.hosting.pass_minutes(1)
    received: list[Any] = []
    while batch := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        received += [json.loads(message["Body"]) for message in batch]

    statuses = [
        each["detail"]["EndpointStatus"]
        for each in received
        if each["detail-type"] == "SageMaker Endpoint State Change"
    ]
    stages = [
        each["detail"]["PendingDeploymentSummary"]["ProductionVariants"][0]["VariantStatus"][0]
        for each in received
        if each["detail-type"] == "SageMaker Endpoint Deployment State Change"
    ]
    assert statuses == ["UPDATING", "IN_SERVICE", "DELETING", "DELETED"]
    assert [stage["Status"] for stage in stages] == [
        "Creating",
        "ActivatingTraffic",
        "Baking",
        "ActivatingTraffic",
        "Baking",
    ]
    assert isinstance(received[0]["detail"]["CreationTime"], int)
