"""What is particular to a processing job: inputs, outputs, and the exit message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from embedded_aws.sagemaker.jobs import images, s3_transfer
from embedded_aws.sagemaker.jobs.cluster import Host
from embedded_aws.sagemaker.jobs.failures import ClientFailure
from embedded_aws.sagemaker.jobs.images import Image, Launch
from embedded_aws.sagemaker.jobs.phases import ENDS, RUNNING
from embedded_aws.sagemaker.jobs.run import JobRun
from embedded_aws.sagemaker.jobs.s3_transfer import S3Source

MAX_EXIT_MESSAGE_BYTES = 1024
_MESSAGE = "/opt/ml/output/message"
_CONFIGURED = (
    "ProcessingJobArn",
    "ProcessingJobName",
    "AppSpecification",
    "Environment",
    "ProcessingInputs",
    "ProcessingOutputConfig",
    "ProcessingResources",
    "RoleArn",
    "StoppingCondition",
)


class ProcessingRun(JobRun):
    """A processing job; its contract is on the documentation pages "byoc-run-image" ff."""

    noun = "Processing"
    log_group = "/aws/sagemaker/ProcessingJobs"

    @property
    def image_uri(self) -> str:
        """The image that every host runs."""
        return str(self.request["AppSpecification"]["ImageUri"])

    @staticmethod
    def instances_of(request: Mapping[str, Any]) -> Mapping[str, Any]:
        """What such a job runs on."""
        cluster: Mapping[str, Any] = request["ProcessingResources"]["ClusterConfig"]
        return cluster

    def members_of(self, phase: str) -> Mapping[str, Any]:
        """A processing job tells of its container's start and of its end, of no phase between."""
        if phase == RUNNING:
            return {"ProcessingStartTime": self.clock.now()}
        if phase in ENDS:
            return {"ProcessingEndTime": self.clock.now()}
        return {}

    def furnish(self, s3: Any, host: Host) -> None:  # noqa: ANN401  # boto3 client
        """Download the inputs, make the outputs' folders, write the configuration files."""
        for each in self.request.get("ProcessingInputs", ()):
            self._download(s3, each["S3Input"], host)
        for each in self._outputs():
            host.sandbox.folder(each["LocalPath"])
        host.sandbox.folder("/opt/ml/output")
        configuration = {name: self.request[name] for name in _CONFIGURED if name in self.request}
        cluster = {"current_host": host.name, "hosts": self.cluster.host_names}
        host.sandbox.write_json("/opt/ml/config/processingjobconfig.json", configuration)
        host.sandbox.write_json("/opt/ml/config/resourceconfig.json", cluster)

    def launch(self, _image: Image, _host: Host) -> Launch:
        """The job's own entrypoint and arguments."""
        specification = self.request["AppSpecification"]
        command = [
            *specification["ContainerEntrypoint"],
            *specification.get("ContainerArguments", ()),
        ]
        return images.entrypoint(command, self.environment.settings.job_python)

    def collect(self, _: Sequence[str]) -> Mapping[str, Any]:
        """The exit message: the first kilobyte of what the hosts wrote for it, one after another.

        Raises:
            ClientFailure: it is not UTF-8 (documentation page "byoc-metadata").
        """
        try:
            texts = [
                host.sandbox.restore(host.wrote(_MESSAGE).decode()) for host in self.cluster.hosts
            ]
        except UnicodeDecodeError as malformed:
            raise ClientFailure(f"The exit message in {_MESSAGE} is not UTF-8") from malformed
        # The cut may fall within a character.
        text = "".join(texts).encode()[:MAX_EXIT_MESSAGE_BYTES].decode(errors="ignore")
        return {"ExitMessage": text} if text else {}

    def failure_text(self, _: Host) -> str:
        """Nothing: a processing job's text is its exit message."""
        return ""

    def upload(self, s3: Any, *, is_stopped: bool) -> Mapping[str, Any]:  # noqa: ANN401
        """Upload every host's outputs at the end of a job that was not stopped.

        Files of the same path get into each other's way, as on AWS: the last host's stays.
        """
        if not is_stopped:
            kms_key_id = self.request.get("ProcessingOutputConfig", {}).get("KmsKeyId")
            for host in self.cluster.hosts:
                for each in self._outputs():
                    folder = host.sandbox.path(each["LocalPath"])
                    s3_transfer.upload_folder(s3, folder, each["S3Uri"], kms_key_id)
        return {}

    def _outputs(self) -> list[Mapping[str, Any]]:
        outputs = self.request.get("ProcessingOutputConfig", {}).get("Outputs", ())
        return [each["S3Output"] for each in outputs]

    def _download(self, s3: Any, s3_input: Mapping[str, Any], host: Host) -> None:  # noqa: ANN401
        distribution = s3_input.get("S3DataDistributionType", "FullyReplicated")
        source = S3Source(s3_input["S3Uri"], s3_input["S3DataType"], distribution)
        share = s3_transfer.share(s3_transfer.objects(s3, source), source, *self.cluster.rank(host))
        s3_transfer.download(s3, share, host.sandbox.folder(s3_input["LocalPath"]))
