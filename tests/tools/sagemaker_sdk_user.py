"""What a user of the SageMaker Python SDK 2 does, by its public interface alone.

Runs under the interpreter that has the SDK, and writes what it saw to standard output, as JSON.
The SDK asks a fixed host of STS, whatever the endpoint, for the account's number, to name a default
bucket: so the bucket is named here, by the documented option.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.request
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sagemaker
from sagemaker import ModelPackage, image_uris
from sagemaker.deserializers import CSVDeserializer
from sagemaker.estimator import Estimator
from sagemaker.inputs import TrainingInput
from sagemaker.lineage.action import Action
from sagemaker.lineage.artifact import Artifact, DatasetArtifact, ModelArtifact
from sagemaker.lineage.association import Association
from sagemaker.lineage.context import Context
from sagemaker.lineage.query import (
    LineageEntityEnum,
    LineageFilter,
    LineageQuery,
    LineageQueryDirectionEnum,
    LineageSourceEnum,
)
from sagemaker.lineage.visualizer import LineageTableVisualizer
from sagemaker.model import Model
from sagemaker.predictor import Predictor
from sagemaker.processing import ProcessingInput, ProcessingOutput, ScriptProcessor
from sagemaker.serializers import CSVSerializer
from sagemaker.session import Session

POLL_SECONDS = 0.05
INSTANCE: dict[str, Any] = {"instance_count": 1, "instance_type": "ml.m5.xlarge"}
DOUBLE = """
from pathlib import Path
import sys

folder = Path("/opt/ml/processing") if len(sys.argv) < 2 else Path(sys.argv[1])
amounts = (folder / "input" / "amounts.csv").read_text().split()
(folder / "output" / "doubled.csv").write_text(" ".join(str(2 * float(it)) for it in amounts))
print("doubled", len(amounts))
"""


class User:
    """A session with its bucket, a role for what runs, and the image of the algorithm."""

    def __init__(self, role: str, bucket: str) -> None:
        self.role = role
        self.session = Session(default_bucket=bucket)
        self.image = image_uris.retrieve("xgboost", "us-east-1", version="3.0-5")

    def stores(self) -> dict[str, Any]:
        """Upload, list, read and download."""
        Path("amounts.csv").write_text("1 2 3")
        bucket = self.session.default_bucket()
        uri = self.session.upload_data("amounts.csv", key_prefix="raw")
        rows = "".join(f"{it % 2},{it}\n" for it in range(60))
        self.session.upload_string_as_file_body(rows, bucket, "train/rows.csv")
        return {
            "uri": uri,
            "listed": self.session.list_s3_files(bucket, "raw"),
            "read": self.session.read_s3_file(bucket, "raw/amounts.csv"),
            "downloaded": self.session.download_data("copy", bucket, "raw/amounts.csv"),
        }

    def processes(self) -> dict[str, Any]:
        """Run a script with an input and an output."""
        Path("double.py").write_text(DOUBLE)
        processor = ScriptProcessor(
            image_uri=self.image,
            command=["python3"],
            role=self.role,
            sagemaker_session=self.session,
            base_job_name="double",
            **INSTANCE,
        )
        raw = f"s3://{self.session.default_bucket()}/raw/"
        processor.run(
            code="double.py",
            arguments=["/opt/ml/processing"],
            inputs=[ProcessingInput(source=raw, destination="/opt/ml/processing/input")],
            outputs=[ProcessingOutput(source="/opt/ml/processing/output", output_name="doubled")],
            wait=False,
        )
        job = processor.latest_job
        self.session.wait_for_processing_job(job.job_name, poll=POLL_SECONDS)
        self.session.logs_for_processing_job(job.job_name, poll=POLL_SECONDS)
        bucket, _, prefix = job.outputs[0].destination.removeprefix("s3://").partition("/")
        return {
            "status": job.describe()["ProcessingJobStatus"],
            "output": self.session.read_s3_file(bucket, f"{prefix}/doubled.csv"),
            "name": job.job_name,
        }

    def trains(self) -> dict[str, Any]:
        """Fit the built-in XGBoost; register the model, approve it, and let it predict."""
        estimator = Estimator(
            image_uri=self.image,
            role=self.role,
            sagemaker_session=self.session,
            hyperparameters={"objective": "binary:logistic", "num_round": 2},
            debugger_hook_config=False,
            disable_profiler=True,
            **INSTANCE,
        )
        rows = f"s3://{self.session.default_bucket()}/train/"
        estimator.fit({"train": TrainingInput(rows, content_type="text/csv")}, wait=False)
        name = estimator.latest_training_job.name
        self.session.wait_for_job(name, poll=POLL_SECONDS)
        package = self._registered(estimator)
        return {
            "model_data": estimator.model_data,
            "package": package.model_package_arn,
            "name": name,
            "prediction": self._predicted(package),
        }

    def _registered(self, estimator: Estimator) -> ModelPackage:
        groups = self.session.sagemaker_client
        groups.create_model_package_group(ModelPackageGroupName="amounts")
        model = Model(self.image, estimator.model_data, self.role, sagemaker_session=self.session)
        package = model.register(
            content_types=["text/csv"],
            response_types=["text/csv"],
            inference_instances=["ml.m5.large"],
            transform_instances=["ml.m5.large"],
            model_package_group_name="amounts",
            approval_status="PendingManualApproval",
        )
        package.update_approval_status("Approved")
        return package

    def _predicted(self, package: ModelPackage) -> list[list[str]]:
        approved = ModelPackage(
            self.role,
            model_package_arn=package.model_package_arn,
            sagemaker_session=self.session,
        )
        approved.deploy(1, "ml.m5.large", endpoint_name="amounts", wait=False)
        let_an_hour_pass()
        self.session.wait_for_endpoint("amounts", poll=POLL_SECONDS)
        predictor = Predictor(
            "amounts",
            sagemaker_session=self.session,
            serializer=CSVSerializer(),
            deserializer=CSVDeserializer(),
        )
        rows: list[list[str]] = predictor.predict([[1.5], [2.5]])
        predictor.delete_endpoint()
        return rows

    def shows(self, **what: str) -> list[list[str]]:
        """What the visualizer shows, in order."""
        table = LineageTableVisualizer(self.session).show(**what)
        columns = ["Direction", "Type", "Association Type"]
        return [list(row) for row in sorted(table[columns].itertuples(index=False))]

    def draws(self) -> dict[str, Any]:
        """Make a small graph: data, trained into a model, served in a context."""
        within = {"sagemaker_session": self.session}
        data = Artifact.create(
            "data", source_uri="s3://lake/data", artifact_type="DataSet", **within
        )
        model = Artifact.create(
            "model", source_uri="s3://lake/model", artifact_type="Model", **within
        )
        action = Action.create(
            "training", source_uri="s3://lake/code", action_type="Training", **within
        )
        context = Context.create(
            "serving", source_uri="s3://lake/endpoint", context_type="Endpoint", **within
        )
        for source, kind, destination in (
            (data.artifact_arn, "ContributedTo", action.action_arn),
            (action.action_arn, "Produced", model.artifact_arn),
            (model.artifact_arn, "ContributedTo", context.context_arn),
        ):
            Association.create(source, destination, kind, **within)
        model.properties = {"Threshold": "0.5"}
        model.save()
        return {
            "kinds": {data.artifact_arn: "data", context.context_arn: "context"},
            **self._walked(data.artifact_arn, model.artifact_arn),
            "listed": {
                "actions": [it.action_name for it in Action.list(**within)],
                "contexts": [it.context_name for it in Context.list(**within)],
                "associations": [
                    it.association_type
                    for it in Association.list(source_arn=data.artifact_arn, **within)
                ],
            },
        }

    def _walked(self, data_arn: str, model_arn: str) -> dict[str, Any]:
        within = {"sagemaker_session": self.session}
        ascendants = LineageQueryDirectionEnum.ASCENDANTS
        model = ModelArtifact.load(model_arn, **within)
        data = DatasetArtifact.load(data_arn, **within)
        datasets = LineageFilter(
            entities=[LineageEntityEnum.ARTIFACT], sources=[LineageSourceEnum.DATASET]
        )
        query = LineageQuery(self.session)
        found = query.query([model_arn], ascendants, include_edges=False, query_filter=datasets)
        whole = query.query([model_arn], LineageQueryDirectionEnum.BOTH)
        return {
            "properties": model.properties,
            "ascending": [it.arn for it in found.vertices],
            "whole": [len(whole.vertices), len(whole.edges)],
            "objects": sorted(type(it.to_lineage_object()).__name__ for it in whole.vertices),
            "datasets": [it.artifact_arn for it in model.dataset_artifacts(ascendants)],
            "endpoints": [it.context_name for it in data.endpoint_contexts()],
        }


def let_an_hour_pass() -> None:
    """Instances of an endpoint start, and lineage is noted, minutes later: move the clock."""
    url = f"{os.environ['AWS_ENDPOINT_URL']}/_embedded/clock"
    with urllib.request.urlopen(url) as answer:  # noqa: S310  # loopback
        now = datetime.fromisoformat(json.load(answer)["now"])
    later = json.dumps({"advance_to": (now + timedelta(hours=1)).isoformat()}).encode()
    with urllib.request.urlopen(url, later) as answer:  # noqa: S310  # loopback
        answer.read()


def main(role: str, bucket: str) -> None:
    """Do it all, in order."""
    user = User(role, bucket)
    seen = {
        "version": sagemaker.__version__,
        "stores": user.stores(),
        "processes": user.processes(),
        "trains": user.trains(),
        "draws": user.draws(),
    }
    let_an_hour_pass()
    seen["shows"] = {
        "processing": user.shows(processing_job_name=seen["processes"]["name"]),
        "training": user.shows(training_job_name=seen["trains"]["name"]),
    }
    # Logs of jobs go to standard output, too: what was seen is its last line.
    sys.stdout.write(f"\n{json.dumps(seen, default=str)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
