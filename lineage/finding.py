"""What is not as it should be, and the command that is the next step."""

from __future__ import annotations

from dataclasses import dataclass

from lineage.records.archive import location


@dataclass(frozen=True)
class Finding:
    """Something that is not as it should be.

    Attributes:
        what: In words.
        next_step: The command that mends it, or that shows who can.
    """

    what: str
    next_step: str

    @property
    def document(self) -> dict[str, str]:
        """By schema/audit.json."""
        return {"Finding": self.what, "Next": self.next_step}


def versions(uri: str) -> str:
    """Lists what an object, or whatever lies below a prefix, was before: to bring one back."""
    where = location(uri)
    return f"aws s3api list-object-versions --bucket {where['Bucket']} --prefix {where['Key']}"


def application(run_id: str) -> str:
    """Writes to SageMaker's graph what it lacks of a night."""
    return f"nightly lineage apply {run_id}"


def rerun(execution_arn: str) -> str:
    """Starts the night again."""
    return f"nightly rerun {execution_arn.rpartition(':')[2]}"


def package_description(package_arn: str) -> str:
    """Shows who registered a package."""
    return f"aws sagemaker describe-model-package --model-package-name {package_arn}"


def endpoint_description(endpoint_name: str) -> str:
    """Shows what an endpoint serves, and since when."""
    return f"aws sagemaker describe-endpoint --endpoint-name {endpoint_name}"


def endpoint_deletions() -> str:
    """Shows who deleted endpoints in the last 90 days, and when."""
    deletion = "AttributeKey=EventName,AttributeValue=DeleteEndpoint"
    return f"aws cloudtrail lookup-events --lookup-attributes {deletion}"


def execution_description(execution_arn: str) -> str:
    """Shows how an execution ended, if it did."""
    return f"aws stepfunctions describe-execution --execution-arn {execution_arn}"
