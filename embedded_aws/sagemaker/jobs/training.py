"""What is particular to a training job: channels, secondary status, metrics, the model artifact."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from embedded_aws.sagemaker.jobs import images, metrics, s3_transfer
from embedded_aws.sagemaker.jobs.algorithms import NETWORK_VARIABLE
from embedded_aws.sagemaker.jobs.cluster import Host
from embedded_aws.sagemaker.jobs.images import Image, Launch
from embedded_aws.sagemaker.jobs.phases import DOWNLOADING, ENDS
from embedded_aws.sagemaker.jobs.run import JobRun
from embedded_aws.sagemaker.jobs.s3_transfer import S3Source

# As DescribeTrainingJob and the SDK's log stream show them in public notebooks and issues.
MESSAGES: Mapping[str, str] = {
    "Starting": "Preparing the instances for training",
    "Pending": "Training job waiting for capacity",
    "Downloading": "Downloading input data",
    "Training": "Training image download completed. Training in progress.",
    "Uploading": "Uploading generated training model",
    "Stopping": "Stopping the training job",
    "Stopped": "Training job stopped",
    "MaxRuntimeExceeded": "Training job runtime exceeded MaxRuntimeInSeconds provided",
    "Completed": "Training job completed",
    "Failed": "Training job failed",
}
# "It has no effect on jobs that request CPU-only instance types" (StoppingCondition).
_ACCELERATED = ("ml.p", "ml.g", "ml.trn")


class TrainingRun(JobRun):
    """A training job; its contract is on the pages "your-algorithms-training-algo" ff."""

    noun = "Training"
    log_group = "/aws/sagemaker/TrainingJobs"

    @property
    def image_uri(self) -> str:
        """The image that every host runs."""
        return str(self.request["AlgorithmSpecification"]["TrainingImage"])

    @staticmethod
    def instances_of(request: Mapping[str, Any]) -> Mapping[str, Any]:
        """What such a job runs on."""
        resources: Mapping[str, Any] = request["ResourceConfig"]
        return resources

    @property
    def max_retries(self) -> int:
        """RetryStrategy's MaximumRetryAttempts."""
        return int(self.request.get("RetryStrategy", {}).get("MaximumRetryAttempts", 0))

    @property
    def max_pending_seconds(self) -> float | None:
        """MaxPendingTimeInSeconds, which only counts on accelerated instances."""
        is_accelerated = self.instances["InstanceType"].startswith(_ACCELERATED)
        limit: float | None = self.request["StoppingCondition"].get("MaxPendingTimeInSeconds")
        return limit if is_accelerated else None

    def members_of(self, phase: str) -> Mapping[str, Any]:
        """The secondary status and its history; times when the phase begins or ends them."""
        before = self.record.describe()
        members: dict[str, Any] = {
            "SecondaryStatus": phase,
            "SecondaryStatusTransitions": self._transitions(before, phase),
        }
        # Of several attempts, the first one's: a later one is billed on (undocumented).
        if phase == DOWNLOADING and "TrainingStartTime" not in before:
            members["TrainingStartTime"] = self.clock.now()
        if phase in ENDS:
            members |= self._times(before)
        return members

    def furnish(self, s3: Any, host: Host) -> None:  # noqa: ANN401  # boto3 client
        """Download the channels and write the configuration files."""
        for channel in self.request.get("InputDataConfig", ()):
            self._download(s3, channel, host)
        for folder in ("/opt/ml/model", "/opt/ml/output/data"):
            host.sandbox.folder(folder)
        for name, document in self._configuration(host).items():
            host.sandbox.write_json(f"/opt/ml/input/config/{name}.json", document)

    def launch(self, image: Image, host: Host) -> Launch:
        """The image's own training program: algorithm mode."""
        launch = images.algorithm(image, self.environment.settings.job_python)
        variables = {
            "TRAINING_JOB_NAME": self.record.name,
            "TRAINING_JOB_ARN": self.record.arn,
            # The image's toolkit sets these from resourceconfig.json.
            "SM_HOSTS": json.dumps(self.cluster.host_names),
            "SM_CURRENT_HOST": host.name,
            NETWORK_VARIABLE: str(self.cluster.network),
        }
        return Launch(launch.command, {**launch.environment, **variables})

    def collect(self, messages: Sequence[str]) -> Mapping[str, Any]:
        """The last value of each metric that the containers printed."""
        definitions = self.request["AlgorithmSpecification"].get("MetricDefinitions", ())
        final = metrics.final_values(messages, definitions, self.clock.now())
        return {"FinalMetricDataList": final} if final else {}

    def failure_text(self, host: Host) -> str:
        """The ``/opt/ml/output/failure`` of the host that failed."""
        text = host.wrote("/opt/ml/output/failure").decode(errors="replace")
        return host.sandbox.restore(text)

    def upload(self, s3: Any, *, is_stopped: bool) -> Mapping[str, Any]:  # noqa: ANN401
        """Upload the hosts' models as one archive, and what they left in ``/opt/ml/output/data``.

        "SageMaker AI aggregates the result in a TAR file" (page
        "your-algorithms-training-algo-output"): of two files with one name, the last is found.
        A stopped job's model counts if there is one: that is what the grace period is for.
        """
        output = self.request["OutputDataConfig"]
        base = f"{output['S3OutputPath'].rstrip('/')}/{self.record.name}"
        kms_key_id = output.get("KmsKeyId")
        models, extras = self._files("/opt/ml/model"), self._files("/opt/ml/output/data")
        if extras:
            archive = self._packed("output", extras)
            s3_transfer.upload(s3, archive, f"{base}/output/output.tar.gz", kms_key_id)
        if is_stopped and not models:
            return {}
        uri = f"{base}/output/model.tar.gz"
        s3_transfer.upload(s3, self._packed("model", models), uri, kms_key_id)
        return {"ModelArtifacts": {"S3ModelArtifacts": uri}}

    def _files(self, container_path: str) -> list[Path]:
        """What lies directly in a folder, of every host."""
        folders = [host.sandbox.path(container_path) for host in self.cluster.hosts]
        return [
            entry for folder in folders if folder.is_dir() for entry in sorted(folder.iterdir())
        ]

    def _packed(self, name: str, entries: Sequence[Path]) -> Path:
        archive = self.cluster.hosts[0].sandbox.root / f"{name}.tar.gz"
        with tarfile.open(archive, "w:gz", compresslevel=6) as tar:
            for entry in entries:
                tar.add(entry, arcname=entry.name)
        return archive

    def _transitions(self, before: Mapping[str, Any], phase: str) -> list[dict[str, Any]]:
        now = self.clock.now()
        *earlier, last = before["SecondaryStatusTransitions"]
        begun = {"Status": phase, "StartTime": now, "StatusMessage": MESSAGES[phase]}
        if phase in ENDS:
            begun["EndTime"] = now
        return [*earlier, {**last, "EndTime": now}, begun]

    def _times(self, before: Mapping[str, Any]) -> dict[str, Any]:
        now = self.clock.now()
        if "TrainingStartTime" not in before:
            return {"TrainingEndTime": now}
        seconds = max(1, round((now - before["TrainingStartTime"]).total_seconds()))
        return {
            "TrainingEndTime": now,
            "TrainingTimeInSeconds": seconds,
            "BillableTimeInSeconds": seconds,
        }

    def _download(self, s3: Any, channel: Mapping[str, Any], host: Host) -> None:  # noqa: ANN401
        s3_source = channel["DataSource"]["S3DataSource"]
        distribution = s3_source.get("S3DataDistributionType", "FullyReplicated")
        source = S3Source(s3_source["S3Uri"], s3_source["S3DataType"], distribution)
        share = s3_transfer.share(s3_transfer.objects(s3, source), source, *self.cluster.rank(host))
        folder = host.sandbox.folder(f"/opt/ml/input/data/{channel['ChannelName']}")
        s3_transfer.download(s3, share, folder)

    def _configuration(self, host: Host) -> dict[str, Any]:
        resources = self.request["ResourceConfig"]
        names = self.cluster.host_names
        group = "homogeneousCluster"
        return {
            "hyperparameters": self.request.get("HyperParameters", {}),
            "inputdataconfig": {
                channel["ChannelName"]: _channel_configuration(channel)
                for channel in self.request.get("InputDataConfig", ())
            },
            "resourceconfig": {
                "current_host": host.name,
                "current_instance_type": resources["InstanceType"],
                "current_group_name": group,
                "hosts": names,
                "instance_groups": [
                    {
                        "instance_group_name": group,
                        "instance_type": resources["InstanceType"],
                        "hosts": names,
                    }
                ],
                "network_interface_name": "eth0",
            },
        }


def _channel_configuration(channel: Mapping[str, Any]) -> dict[str, str]:
    source = channel["DataSource"]["S3DataSource"]
    written = {
        "TrainingInputMode": channel.get("InputMode", "File"),
        "S3DistributionType": source.get("S3DataDistributionType", "FullyReplicated"),
        "RecordWrapperType": channel.get("RecordWrapperType", "None"),
    }
    if "ContentType" in channel:
        written["ContentType"] = channel["ContentType"]
    return written
