"""The rollout document: everything that the later states of a rollout need to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from botocore.exceptions import ClientError

from lineage.rollouts.switches import iso_milliseconds
from lineage.schema import complaints
from night.store import Location
from rollout.endpoint import Endpoint, rollouts_before
from rollout.errors import EndpointBusy, InvalidRollout
from rollout.name import RolloutName
from rollout.order import Wish
from rollout.package import APPROVED, Deployable
from rollout.start import ROLLBACK
from rollout.target import Target


@dataclass(frozen=True)
class Clients:
    """The services that are asked before anything is changed."""

    sagemaker: Any
    stepfunctions: Any
    s3: Any


@dataclass(frozen=True)
class Attempt:
    """One look at whether a rollout may begin.

    Attributes:
        is_last: Whether an endpoint that is busy is not waited for any more.
    """

    execution_arn: str
    started_at: str
    is_last: bool


@dataclass(frozen=True)
class Refusal:
    """Why a rollout ends before it changes anything."""

    error: str
    cause: str

    @property
    def document(self) -> dict[str, str]:
        """As the machine reads it."""
        return {"Error": self.error, "Cause": self.cause}


@dataclass(frozen=True)
class _Plan:
    """A package, where it is to go, and what is there now."""

    name: RolloutName
    package: Deployable
    target: Target
    endpoint: Endpoint | None

    @classmethod
    def make(cls, given: Mapping[str, str], settings: Mapping[str, Any], sagemaker: Any) -> Self:  # noqa: ANN401  # boto3 client
        targets = {it["EndpointName"]: it for it in settings["Targets"]}
        endpoint_name = given["EndpointName"]
        if endpoint_name not in targets:
            raise InvalidRollout(f"{endpoint_name} is none of the stack's {sorted(targets)}")
        described = sagemaker.describe_model_package(ModelPackageName=given["PackageArn"])
        return cls(
            RolloutName.with_id(endpoint_name, given["RolloutId"]),
            Deployable.parse(described),
            Target.parse(targets[endpoint_name]),
            Endpoint.find(sagemaker, endpoint_name),
        )


def prepare(
    given: object, attempt: Attempt, settings: Mapping[str, Any], clients: Clients
) -> dict[str, Any]:
    """Look at package and endpoint; return the rollout document, with a Refusal if there is one.

    Raises:
        InvalidRollout: there is nothing that could be rolled out, or recorded as refused.
        EndpointBusy: it is not this rollout's turn; come back later.
    """
    wrong = complaints(given, "rollout")
    if wrong or not isinstance(given, dict):
        raise InvalidRollout(f"{'; '.join(wrong)}. Correct the input by schema/rollout.json.")
    plan = _Plan.make(given, settings, clients.sagemaker)
    busy = _busy(plan, attempt, clients.stepfunctions)
    if busy and not attempt.is_last:
        raise EndpointBusy(busy.cause)
    refusal = busy or _refusal(plan, clients.s3)
    newer = _newer(plan, given, attempt, clients.stepfunctions)
    return {
        **given,
        **_described(plan, attempt, _approval(plan, given)),
        **({"Refusal": refusal.document} if refusal else {}),
        **({"SupersededBy": str(newer)} if newer else {}),
    }


def _newer(
    plan: _Plan,
    given: Mapping[str, Any],
    attempt: Attempt,
    stepfunctions: Any,  # noqa: ANN401
) -> RolloutName | None:
    """The rollout that brought what serves, if it was asked for later than this one."""
    served = plan.endpoint.rollout if plan.endpoint else None
    if served is None:
        return None
    own, executions = Wish.parse(plan.name, given), attempt.execution_arn.rpartition(":")[0]
    # Versions come one after the other, so those of nights need no closer look.
    other = Wish.find(stepfunctions, executions, served) if own.at else Wish(served)
    return served if own.is_before(other) else None


def _busy(plan: _Plan, attempt: Attempt, stepfunctions: Any) -> Refusal | None:  # noqa: ANN401
    name = plan.target.endpoint_name
    earlier = rollouts_before(stepfunctions, attempt.execution_arn, name)
    if earlier:
        return Refusal("EndpointBusy", f"{name} is being changed by {', '.join(earlier)}.")
    if plan.endpoint and plan.endpoint.is_changing:
        return Refusal("EndpointBusy", f"{name} is {plan.endpoint.status}.")
    return None


def _refusal(plan: _Plan, s3: Any) -> Refusal | None:  # noqa: ANN401
    package, endpoint = plan.package, plan.endpoint
    if plan.target.demands_approval and package.approval_status != APPROVED:
        return Refusal("PackageNotApproved", f"{package.arn} is {package.approval_status}.")
    missing = [uri for uri in (package.model_uri, package.sample_uri) if not _exists(s3, uri)]
    if missing:
        gone = f"{', '.join(missing)} is not there: restore it, or retrain the night."
        return Refusal("ModelArtifactMissing", gone)
    if endpoint and not endpoint.is_serving:
        broken = f"{endpoint.name} is {endpoint.status}: {endpoint.failure_reason}. Delete it."
        return Refusal("EndpointFailed", broken)
    return _other_kind(plan)


def _other_kind(plan: _Plan) -> Refusal | None:
    """SageMaker makes instances of a serverless endpoint, and never the other way round.

    So there would be no way back to what serves (developer guide, "Update a serverless endpoint").
    """
    package, target, endpoint = plan.package, plan.target, plan.endpoint
    if endpoint is None or endpoint.is_serverless in {None, target.is_serverless}:
        return None
    if target.is_serverless:
        found = f"{endpoint.name} has instances and cannot become serverless."
        return Refusal("EndpointOfOtherKind", f"{found} Delete it, and approve the package again.")
    served = endpoint.rollout
    if served is not None and served.version == package.version:
        return None
    proven = f"reject and approve version {served.version}, which it serves, or " if served else ""
    return Refusal(
        "EndpointOfOtherKind",
        f"{endpoint.name} is serverless and is to have instances, from which it could not be"
        f" brought back to what it serves: {proven}delete it, and then approve the package again.",
    )


def _exists(s3: Any, uri: str) -> bool:  # noqa: ANN401
    location = Location.parse(uri)
    try:
        s3.head_object(Bucket=location.bucket, Key=location.key)
    except ClientError as refused:
        if refused.response["Error"]["Code"] != "404":
            raise
        return False
    return True


def _approval(plan: _Plan, given: Mapping[str, Any]) -> Mapping[str, str] | None:
    """Who let the package go there; of what is brought back, the lineage knows it."""
    if not plan.target.demands_approval or given["Trigger"] == ROLLBACK:
        return None
    approval: Mapping[str, str] = given.get("Approval", plan.package.last_change)
    return approval


def _described(plan: _Plan, attempt: Attempt, approval: Mapping[str, str] | None) -> dict[str, Any]:
    package, target, name = plan.package, plan.target, str(plan.name)
    deployment_config = target.deployment_config()
    optional = {
        "PreviousEndpointConfigName": plan.endpoint.config_name if plan.endpoint else None,
        "PreviousSince": iso_milliseconds(plan.endpoint.changed_at) if plan.endpoint else None,
        "DeploymentConfig": deployment_config,
        "Approval": approval,
    }
    return {
        "ModelPackageGroup": package.group,
        "Version": package.version,
        "DataDate": package.data_date,
        "RunId": package.run_id,
        "EndpointArn": f"{package.endpoint_arns}{target.endpoint_name}",
        "ModelName": name,
        "EndpointConfigName": name,
        "ExecutionArn": attempt.execution_arn,
        "StartedAt": attempt.started_at,
        "EndpointStatus": plan.endpoint.status if plan.endpoint else "Missing",
        "DemandsApproval": target.demands_approval,
        "Container": package.model_container(demands_approval=target.demands_approval),
        "Variant": target.variant(name),
        "Alarms": list(target.alarms) if deployment_config else [],
        "SampleUri": package.sample_uri,
        **{member: value for member, value in optional.items() if value is not None},
    }
