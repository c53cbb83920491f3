"""Answers that may break their models: AWS's own do so too, or moto's does harmlessly."""

from __future__ import annotations

from collections.abc import Mapping

# By operation, what a problem's path and constraint match.
EXEMPT: Mapping[str, str] = {
    # Absent until the job has uploaded its model.
    "sagemaker:DescribeTrainingJob": r"ModelArtifacts: Member must not be null",
    # Only versions of a group are made here, and these have no name of their own.
    "sagemaker:DescribeModelPackage": r"ModelPackageName: Member must not be null",
    # CreateArtifact takes values of up to 4096 characters.
    "sagemaker:DescribeArtifact": r"Properties: Map value must .* less than or equal to 2500.*",
    # Events of the stack itself bear a StackStatus, such as REVIEW_IN_PROGRESS.
    "cloudformation:DescribeStackEvents": (
        r"StackEvents\.\d+\.member\.ResourceStatus: .* enum value set: .*"
    ),
    # The model knows STANDARD alone, S3 lists each version under its own storage class.
    "s3:ListObjectVersions": r"Versions\.\d+\.member\.StorageClass: .* enum value set: .*",
    # Empty lists against the models' minimum of one, which AWS answers too: recorded of Targets
    # and of InvalidParameters in LocalStack's test_events and test_ssm, of the others inferred.
    "events:ListTargetsByRule": r"Targets: Member must have length greater than or equal to 1",
    "logs:ListTagsForResource": r"tags: Member must have length greater than or equal to 1",
    "ssm:DeleteParameters": (
        r"(Deleted|Invalid)Parameters: Member must have length greater than or equal to 1"
    ),
    "ssm:GetParameterHistory": (
        r"Parameters\.\d+\.member\.Labels: Member must have length greater than or equal to 1"
    ),
    "ssm:LabelParameterVersion": (
        r"InvalidLabels: Member must have length greater than or equal to 1"
    ),
    # Moto alone: documents are URL-encoded, as on AWS, and the longest managed one then exceeds
    # the limit; no client counts.
    "iam:GetAccountAuthorizationDetails": (
        r"Policies\..*\.Document: Member must have length less than or equal to 131072"
    ),
    # Moto alone: members that the model lacks, which every SDK drops.
    "events:ListRules": r"Rules\.\d+\.member\.CreatedBy: Member is unknown to Rule",
    "kms:ListGrants": r"GrantCount: Member is unknown to ListGrantsResponse",
    "kms:ListRetirableGrants": r"GrantCount: Member is unknown to ListGrantsResponse",
    # Moto alone: empty names where AWS leaves the bucket out.
    "ssm:SendCommand": (
        r"Command\.OutputS3(Region|BucketName): Member must have length greater than or equal to 3"
    ),
}
