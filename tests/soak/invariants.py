"""What holds after any week, whatever befell its nights; each check tells what is wrong."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from tests.soak.nights import Nights, scheduled

Execution = Mapping[str, Any]


def violations(nights: Nights, executions: Sequence[str], dates: Sequence[date]) -> list[str]:
    """Everything that does not hold of the executions of some dates, oldest first."""
    described = [nights.describe(arn) for arn in executions]
    packages = _packages(nights, scheduled(dates[0]))
    return [
        *_stuck(nights),
        *_orphans(nights),
        *_names_taken(nights, described),
        *_denied(nights),
        *_registrations(described, packages),
        *_deployments(nights, described, packages),
        *_failures(nights, described),
        *_served(nights, dates),
        *_production(nights),
    ]


def _stuck(nights: Nights) -> Iterator[str]:
    for machine in ("StateMachineArn", "RolloutStateMachineArn"):
        listed = nights.client("stepfunctions").list_executions(
            stateMachineArn=nights.outputs[machine], statusFilter="RUNNING"
        )
        yield from (f"{it['name']} is stuck" for it in listed["executions"])


def _orphans(nights: Nights) -> Iterator[str]:
    sagemaker = nights.client("sagemaker")
    for status in ("InProgress", "Stopping"):
        for kind in ("Processing", "Training"):
            listed = getattr(sagemaker, f"list_{kind.lower()}_jobs")(StatusEquals=status)
            for job in listed[f"{kind}JobSummaries"]:
                yield f"{job[f'{kind}JobName']} runs on"


def _names_taken(nights: Nights, executions: Sequence[Execution]) -> Iterator[str]:
    for execution in executions:
        for event in nights.history(execution["executionArn"]):
            error = event.get("taskFailedEventDetails", {}).get("error")
            if error == "SageMaker.ResourceInUseException":
                yield f"{execution['name']} named a job like another one"


def _denied(nights: Nights) -> Iterator[str]:
    """Whatever goes wrong, nobody needs a permission that the template does not grant."""
    denied = {
        f"{call.principal} may not {judged.action} {judged.resource}"
        for call in nights.aws.calls
        for judged in call.judgements
        # Who may not list a bucket is told 403 of a key that is missing, which is no surprise.
        if judged.decision == "denied" and judged.action != "s3:ListBucket"
    }
    yield from sorted(denied)


def _packages(nights: Nights, since: datetime) -> dict[str, list[str]]:
    """The packages that each execution has registered since."""
    sagemaker, found = nights.client("sagemaker"), dict[str, list[str]]()
    pages = sagemaker.get_paginator("list_model_packages").paginate(
        ModelPackageGroupName=nights.outputs["ModelPackageGroupName"], CreationTimeAfter=since
    )
    for page in pages:
        for summary in page["ModelPackageSummaryList"]:
            arn = summary["ModelPackageArn"]
            described = sagemaker.describe_model_package(ModelPackageName=arn)
            execution = described["MetadataProperties"]["GeneratedBy"]
            found.setdefault(execution, []).append(arn)
    return found


def _registrations(
    executions: Sequence[Execution], packages: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    for execution in executions:
        registered = packages.get(execution["executionArn"], ())
        if len(registered) > 1:
            yield f"{execution['name']} registered {len(registered)} packages"
        if execution["status"] == "SUCCEEDED":
            yield from _claims(execution["name"], json.loads(execution["output"]), registered)


def _claims(name: str, output: Mapping[str, Any], registered: Sequence[str]) -> Iterator[str]:
    """The gate passed, a package is registered, its deployment is begun: all of it or nothing."""
    passed, claimed = output["Auc"] >= output["AucThreshold"], output.get("PackageArn")
    if [claimed] != list(registered or [None]):
        yield f"{name} says {claimed}, the registry {registered}"
    if {passed} != {output["Decision"] == "Registered", bool(registered), "Rollout" in output}:
        yield f"{name} passed the gate or did not ({passed}), and then {output}"


def _deployments(
    nights: Nights, executions: Sequence[Execution], packages: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    names = [it["name"] for it in _rollouts(nights)]
    candidates = (name.split("-candidate-v")[1] for name in names if "-candidate-v" in name)
    rollouts = Counter(candidate.split("-")[0] for candidate in candidates)
    for version, count in rollouts.items():
        if count > 1:
            yield f"version {version} was rolled out {count} times to the candidate"
    for execution in executions:
        for package in packages.get(execution["executionArn"], ()):
            if rollouts[package.rsplit("/", 1)[1]]:
                yield from _explained(nights, execution, package)
            elif execution["status"] == "SUCCEEDED":
                yield f"{execution['name']} succeeded without a rollout of {package}"


def _explained(nights: Nights, execution: Execution, package: str) -> Iterator[str]:
    question = {"Operation": "explain", "Package": package}
    explained = nights.invoke("QueryLineageFunction", question)
    if "errorType" in explained:
        yield f"{package} is deployed, but {explained}"
    elif explained["Night"]["ExecutionArn"] != execution["executionArn"]:
        yield f"{package} is explained by another night: {explained['Night']}"


def _rollouts(nights: Nights) -> Iterator[Execution]:
    paginator = nights.client("stepfunctions").get_paginator("list_executions")
    arn = nights.outputs["RolloutStateMachineArn"]
    for page in paginator.paginate(stateMachineArn=arn):
        yield from page["executions"]


def _failures(nights: Nights, executions: Sequence[Execution]) -> Iterator[str]:
    s3, bucket = nights.client("s3"), nights.outputs["BucketName"]
    for execution in executions:
        if execution["status"] in {"SUCCEEDED", "RUNNING"}:
            continue
        data_date = json.loads(execution["input"])["DataDate"]
        listed = s3.list_objects_v2(Bucket=bucket, Prefix=f"lineage/dt={data_date}/")
        title = f"/failure-r{execution.get('redriveCount', 0)}.json"
        keys = [it["Key"] for it in listed.get("Contents", ()) if it["Key"].endswith(title)]
        bodies = [s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode() for key in keys]
        if not any(execution["executionArn"] in body for body in bodies):
            yield f"{execution['name']} {execution['status']}, but has no {title[1:]}"


def _served(nights: Nights, dates: Sequence[date]) -> Iterator[str]:
    for instant in map(scheduled, dates):
        question = {"Operation": "asof", "Time": instant.isoformat()}
        served = nights.invoke("QueryLineageFunction", question)
        names = [it["EndpointName"] for it in served.get("Endpoints", ())]
        if len(names) != len(set(names)):
            yield f"at {instant}, {names} served two things at a time"
        if not names:
            yield f"what served at {instant}: {served}"


def _production(nights: Nights) -> Iterator[str]:
    """What the endpoint serves is what lineage says of it, and somebody approved it."""
    sagemaker, name = nights.client("sagemaker"), nights.outputs["ProductionEndpointName"]
    listed = sagemaker.list_endpoints(NameContains=name)["Endpoints"]
    if not listed:
        return
    config = sagemaker.describe_endpoint(EndpointName=name)["EndpointConfigName"]
    now = nights.aws.clock.now().isoformat()
    question = {"Operation": "asof", "Time": now, "Endpoint": name}
    answer = nights.invoke("QueryLineageFunction", question)
    for each in answer.get("Endpoints", ()):
        package = str(each["PackageArn"])
        if f"-v{package.rpartition('/')[2]}-" not in config:
            yield f"{name} serves {config}, lineage says {package}"
    if "errorType" in answer:
        yield f"what {name} serves: {answer}"
