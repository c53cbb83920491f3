"""Doubts about SageMaker's lineage and its registry."""

from __future__ import annotations

from typing import Any

from ops.question import ask
from smoke.evidence import Evidence
from smoke.finding import Checks, Finding, refusal

CHECKS = Checks[Evidence]()


@CHECKS.of("artifact-identity")
def artifact_identity(seen: Evidence) -> Finding:
    """What we write without source types is the artifact that SageMaker makes of the same URI."""
    channel = seen.night.asked("TrainXGB")["InputDataConfig"][0]["DataSource"]["S3DataSource"]
    model = seen.night.answered("TrainXGB")["ModelArtifacts"]["S3ModelArtifacts"]
    counts = {uri.rpartition("/runs/")[2]: len(_artifacts(seen, uri)) for uri in
              (channel["S3Uri"], model)}  # fmt: skip
    return Finding(set(counts.values()) == {1}, str(counts))


@CHECKS.of("package-artifact")
def package_artifact(seen: Evidence) -> Finding:
    """A package is one artifact of type Model, whose source is the package's ARN."""
    types = [it["ArtifactType"] for it in _artifacts(seen, seen.package_arn)]
    return Finding(types == ["Model"], str(types))


@CHECKS.of("automatic-lineage")
def automatic_lineage(seen: Evidence) -> Finding:
    """SageMaker makes a trial component of a job that Step Functions started."""
    job = seen.night.answered("TrainXGB")
    listed = seen.sagemaker.list_trial_components(SourceArn=job["TrainingJobArn"])
    found = listed["TrialComponentSummaries"]
    return Finding(len(found) == 1, ", ".join(it["TrialComponentName"] for it in found) or "none")


@CHECKS.of("duplicate-entities")
def duplicate_entities(seen: Evidence) -> Finding:
    """What is there already is refused as ValidationException, or answered with what is there."""
    (artifact,) = _artifacts(seen, seen.package_arn)
    source = {"SourceUri": artifact["Source"]["SourceUri"]}
    sagemaker = seen.sagemaker
    edges = sagemaker.list_associations(DestinationArn=artifact["ArtifactArn"])
    edge = edges["AssociationSummaries"][0]
    pair = {"SourceArn": edge["SourceArn"], "DestinationArn": edge["DestinationArn"]}
    told = [
        refusal(sagemaker.create_artifact, Source=source, ArtifactType="Model"),
        refusal(sagemaker.add_association, **pair, AssociationType=edge["AssociationType"]),
    ]
    is_one = len(_artifacts(seen, seen.package_arn)) == 1
    is_refused = all(each.startswith("ValidationException") or not each for each in told)
    return Finding(is_one and is_refused, "; ".join(each or "accepted" for each in told))


@CHECKS.of("endpoint-context")
def endpoint_context(seen: Evidence) -> Finding:
    """SageMaker names an endpoint's context after it."""
    name = f"{seen.stack.candidate_endpoint_name}-aws-endpoint"
    told = seen.sagemaker.describe_context(ContextName=name)
    return Finding(told["ContextType"] == "Endpoint", f"{told['ContextType']} {name}")


@CHECKS.of("explain-by-the-graph")
def explain_by_the_graph(seen: Evidence) -> Finding:
    """QueryLineage's walks find all that made a package, so that no record must stand in."""
    answer = ask(
        seen.clients["lambda"], seen.stack.query_function_name, "explain", Package=seen.package_arn
    )
    return Finding(answer["AnsweredFrom"] == "Index", f"answered from {answer['AnsweredFrom']}")


def _artifacts(seen: Evidence, uri: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = seen.sagemaker.list_artifacts(SourceUri=uri)["ArtifactSummaries"]
    return found
