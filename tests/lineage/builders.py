"""Nights, jobs and packages as PrepareNight and boto3 would describe them, for lineage tests."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

REGION, ACCOUNT = "us-east-1", "123456789012"
IMAGE_URI = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5"
HYPERPARAMETERS = {
    "objective": "binary:logistic",
    "eval_metric": "auc",
    "num_round": "100",
    "eta": "0.1",
    "max_depth": "4",
}
Document = dict[str, Any]


def sagemaker_arn(resource: str) -> str:
    return f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:{resource}"


def a_night(
    run: str = "1a2b3c4d",
    *,
    bucket: str = "fraud",
    data_date: str = "2026-11-21",
    dataset: str = "November",
    workflow: str = "nightly-retrain",
) -> Document:
    """The night document; ``run`` and ``dataset`` tell nights and inputs apart."""
    run_id = f"{data_date.replace('-', '')}-{run}"
    digest = hashlib.sha256(dataset.encode()).hexdigest()
    folder = f"dt={data_date}/{run_id}/"
    return {
        "RunId": run_id,
        "DataDate": data_date,
        "ExecutionArn": f"arn:aws:states:{REGION}:{ACCOUNT}:execution:{workflow}:{run_id}",
        "Workflow": workflow,
        "TrainDays": 7,
        "LabelDelayDays": 7,
        "HoldoutDays": 7,
        "AucThreshold": 0.94,
        "AllowMissingPartitions": False,
        "Hyperparameters": HYPERPARAMETERS,
        "ProcessingInstanceType": "ml.m5.xlarge",
        "TrainingInstanceType": "ml.m5.xlarge",
        "TrainingInstanceCount": 1,
        "Dataset": {
            "Digest": digest,
            "ManifestUri": f"s3://{bucket}/datasets/{digest}/manifest.json",
            "ObjectsUri": f"s3://{bucket}/datasets/{digest}/objects.json",
            "Objects": 2,
            "Bytes": 2_048,
            "FirstPartition": "2026-09-25",
            "LastPartition": data_date,
        },
        "Code": {
            "Digest": "c0de" * 16,
            "Uri": f"s3://{bucket}/code/{'c0de' * 16}/",
            "Commit": "0123456789abcdef0123456789abcdef01234567",
        },
        "ImageUri": IMAGE_URI,
        "ModelPackageGroup": "fraud-classifier",
        "RunUri": f"s3://{bucket}/runs/{folder}",
        "RecordUri": f"s3://{bucket}/lineage/{folder}",
    }


@dataclass(frozen=True)
class Jobs:
    """The three jobs of a night, as SageMaker describes them when they are completed."""

    featurise: Document
    train: Document
    evaluate: Document


def the_jobs(night: Document) -> Jobs:
    """Jobs that read and write exactly what the night's machine tells them to."""
    outputs = {
        name: f"{night['RunUri']}featurise/{job_name(night, 'featurise')}/{name}/"
        for name in ("train", "validation", "holdout", "summary")
    }
    model_uri = f"{night['RunUri']}train/{job_name(night, 'train')}/output/model.tar.gz"
    return Jobs(
        featurise=a_processing_job(
            night,
            "featurise",
            inputs={
                "source": night["Dataset"]["ManifestUri"],
                "manifest": night["Dataset"]["ObjectsUri"],
                "code": night["Code"]["Uri"],
            },
            outputs=outputs,
        ),
        train=a_training_job(
            night,
            channels={name: outputs[name] for name in ("train", "validation")},
            model_uri=model_uri,
        ),
        evaluate=a_processing_job(
            night,
            "evaluate",
            inputs={
                "model": model_uri,
                "holdout": outputs["holdout"],
                "code": night["Code"]["Uri"],
            },
            outputs={
                "evaluation": f"{night['RunUri']}evaluate/{job_name(night, 'evaluate')}/",
            },
        ),
    )


def job_name(night: Document, step: str) -> str:
    return f"nightly-{step}-{night['RunId']}-r0-a0-t0"


def a_processing_job(
    night: Document, step: str, *, inputs: Mapping[str, str], outputs: Mapping[str, str]
) -> Document:
    """A response of DescribeProcessingJob."""
    name = job_name(night, step)
    started = datetime(2026, 11, 22, 2, 1, tzinfo=UTC)
    return {
        "ProcessingJobName": name,
        "ProcessingJobArn": sagemaker_arn(f"processing-job/{name}"),
        "ProcessingJobStatus": "Completed",
        "ExitMessage": f"{step}: done",
        "ProcessingInputs": [
            {
                "InputName": input_name,
                "S3Input": {
                    "S3Uri": uri,
                    "LocalPath": f"/opt/ml/processing/input/{input_name}",
                    "S3DataType": "ManifestFile" if input_name == "source" else "S3Prefix",
                    "S3InputMode": "File",
                },
            }
            for input_name, uri in inputs.items()
        ],
        "ProcessingOutputConfig": {
            "Outputs": [
                {
                    "OutputName": output_name,
                    "S3Output": {
                        "S3Uri": uri,
                        "LocalPath": f"/opt/ml/processing/output/{output_name}",
                        "S3UploadMode": "EndOfJob",
                    },
                }
                for output_name, uri in outputs.items()
            ]
        },
        "ProcessingResources": {
            "ClusterConfig": {
                "InstanceCount": 1,
                "InstanceType": "ml.m5.xlarge",
                "VolumeSizeInGB": 30,
            }
        },
        "AppSpecification": {
            "ImageUri": IMAGE_URI,
            "ContainerEntrypoint": ["python3", "-m", f"jobs.{step}"],
        },
        "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/job",
        "CreationTime": started - timedelta(minutes=1),
        "ProcessingStartTime": started,
        "ProcessingEndTime": started + timedelta(minutes=2, seconds=13),
        "LastModifiedTime": started + timedelta(minutes=2, seconds=14),
    }


def a_training_job(night: Document, *, channels: Mapping[str, str], model_uri: str) -> Document:
    """A response of DescribeTrainingJob."""
    name = job_name(night, "train")
    started = datetime(2026, 11, 22, 2, 5, tzinfo=UTC)
    return {
        "TrainingJobName": name,
        "TrainingJobArn": sagemaker_arn(f"training-job/{name}"),
        "TrainingJobStatus": "Completed",
        "SecondaryStatus": "Completed",
        "ModelArtifacts": {"S3ModelArtifacts": model_uri},
        "HyperParameters": HYPERPARAMETERS,
        "AlgorithmSpecification": {"TrainingImage": IMAGE_URI, "TrainingInputMode": "File"},
        "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/job",
        "InputDataConfig": [
            {
                "ChannelName": channel,
                "ContentType": "text/csv",
                "DataSource": {
                    "S3DataSource": {
                        "S3DataType": "S3Prefix",
                        "S3Uri": uri,
                        "S3DataDistributionType": "FullyReplicated",
                    }
                },
            }
            for channel, uri in channels.items()
        ],
        "OutputDataConfig": {"S3OutputPath": f"{night['RunUri']}train/"},
        "ResourceConfig": {
            "InstanceType": "ml.m5.xlarge",
            "InstanceCount": 1,
            "VolumeSizeInGB": 30,
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        "CreationTime": started - timedelta(minutes=1),
        "TrainingStartTime": started,
        "TrainingEndTime": started + timedelta(minutes=1, seconds=2),
        "LastModifiedTime": started + timedelta(minutes=1, seconds=3),
        "FinalMetricDataList": [
            {"MetricName": "train:auc", "Value": 0.9912, "Timestamp": started},
            {"MetricName": "validation:auc", "Value": 0.9607, "Timestamp": started},
        ],
    }


def a_summary(night: Document) -> Document:
    """The summary.json that featurise writes."""

    def channel(rows: int, frauds: int, first_day: str, last_day: str) -> Document:
        return {"rows": rows, "frauds": frauds, "firstDay": first_day, "lastDay": last_day}

    return {
        "dataDate": night["DataDate"],
        "sourceDigest": night["Dataset"]["Digest"],
        "source": {"objects": 2, "rows": 556_803},
        "labelDelayDays": 7,
        "channels": {
            "train": channel(57_540, 471, "2026-11-01", "2026-11-06"),
            "validation": channel(9_590, 80, "2026-11-07", "2026-11-07"),
            "holdout": channel(66_012, 402, "2026-11-15", "2026-11-21"),
        },
        "leftOut": {"customers": 31, "transactions": 1_118},
        "contentType": "text/csv",
        "features": ["tx_amount", "is_weekend", "is_night"],
    }


def an_evaluation(auc: float = 0.9512) -> Document:
    """evaluation.json."""
    return {
        "version": 1,
        "binary_classification_metrics": {
            "auc": {"value": auc, "standard_deviation": 0.0034},
            "average_precision": {"value": 0.7061, "standard_deviation": "NaN"},
        },
        "auc_interval": {
            "method": "DeLong",
            "level": 0.95,
            "lower": auc - 0.0067,
            "upper": auc + 0.0067,
        },
        "counts": {"rows": 66_012, "positives": 402, "negatives": 65_610},
    }


def a_gate(auc: float = 0.9512, threshold: float = 0.94) -> Document:
    """The state machine's gate variable."""
    passed = auc >= threshold
    reason = {} if passed else {"reason": "AucBelowThreshold"}
    return {"passed": passed, "auc": auc, "threshold": threshold, "mode": "threshold", **reason}


def report_uri(night: Document) -> str:
    return f"{night['RunUri']}evaluate/{job_name(night, 'evaluate')}/evaluation.json"


def a_package(night: Document, version: int = 7) -> Document:
    """A response of DescribeModelPackage."""
    group = night["ModelPackageGroup"]
    return {
        "ModelPackageName": group,
        "ModelPackageGroupName": group,
        "ModelPackageVersion": version,
        "ModelPackageArn": sagemaker_arn(f"model-package/{group}/{version}"),
        "CreationTime": datetime(2026, 11, 22, 2, 10, tzinfo=UTC),
        "InferenceSpecification": {
            "Containers": [
                {
                    "Image": night["ImageUri"],
                    "ImageDigest": f"sha256:{'1d' * 32}",
                    "ModelDataUrl": the_jobs(night).train["ModelArtifacts"]["S3ModelArtifacts"],
                }
            ],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
        "ModelPackageStatus": "Completed",
        "ModelPackageStatusDetails": {"ValidationStatuses": []},
        "ModelApprovalStatus": "PendingManualApproval",
        "MetadataProperties": {
            "CommitId": night["Code"]["Commit"],
            "GeneratedBy": night["ExecutionArn"],
        },
        "CustomerMetadataProperties": {"DataDate": night["DataDate"], "RunId": night["RunId"]},
    }


def a_rollout(night: Document, package_arn: str, **given: Any) -> Document:
    """The rollout document of the night's own deployment to the candidate endpoint."""
    name = f"v7-{night['RunId'].rpartition('-')[2]}"
    endpoint_name = given.pop("EndpointName", "fraud-candidate")
    return {
        "RolloutId": name,
        "Trigger": "Night",
        "PackageArn": package_arn,
        "ModelPackageGroup": night["ModelPackageGroup"],
        "Version": int(package_arn.rpartition("/")[2]),
        "DataDate": night["DataDate"],
        "RunId": night["RunId"],
        "EndpointName": endpoint_name,
        "EndpointArn": sagemaker_arn(f"endpoint/{endpoint_name}"),
        "ModelName": f"{endpoint_name}-{name}",
        "EndpointConfigName": f"{endpoint_name}-{name}",
        "ExecutionArn": f"arn:aws:states:{REGION}:{ACCOUNT}:execution:out:{endpoint_name}-{name}",
        "StartedAt": "2026-11-22T02:15:08Z",
    } | given


def an_outcome(night: Document, **given: Any) -> Document:
    """What the rollout's machine says at its end; no two nights switch at one instant."""
    run = int(night["RunId"].rpartition("-")[2], 16)
    switched_at = datetime(2026, 11, 22, 2, 19, 30, tzinfo=UTC) + timedelta(milliseconds=run)
    return {
        "Status": "Completed",
        "SwitchedAt": switched_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "EndedAt": "2027-11-22T02:21:00Z",
    } | given
