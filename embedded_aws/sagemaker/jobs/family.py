"""The operations on one kind of job: create, describe, stop, list, delete."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from embedded_aws.environment import Environment
from embedded_aws.gateway.service import Operation, Parameters, RequestContext, ServiceError
from embedded_aws.sagemaker.execution_role import check_role
from embedded_aws.sagemaker.jobs import listing
from embedded_aws.sagemaker.jobs.events import JobEvents
from embedded_aws.sagemaker.jobs.instance_quotas import check_quota, quota_name
from embedded_aws.sagemaker.jobs.record import JobRecord
from embedded_aws.sagemaker.jobs.refusals import Only, refuse
from embedded_aws.sagemaker.jobs.requests import Documents
from embedded_aws.sagemaker.jobs.run import JobRun
from embedded_aws.sagemaker.tags import Tags

_UNSUPPORTED_FILTERS = (Only("WarmPoolStatusEquals"), Only("TrainingPlanArnEquals"))
# The two services behind the API word the same error differently (public issue threads).
_DUPLICATE = {"Processing": "a job", "Training": "a training job"}
_NOT_FOUND = {
    "Processing": "Could not find requested job with name: {}",
    "Training": "Requested resource not found.",
}


class JobFamily:
    """All jobs of one kind, running and ended."""

    def __init__(
        self,
        run_type: type[JobRun],
        documents: Documents,
        environment: Environment,
        tags: Tags,
        when_ended: Callable[[Mapping[str, Any]], None],
    ) -> None:
        self._run_type = run_type
        self._noun = run_type.noun
        self._documents = documents
        self._environment = environment
        self._tags = tags
        self._events = JobEvents(environment, tags, run_type.noun)
        self._when_ended = when_ended
        self._lock = threading.Lock()
        self._runs: dict[str, JobRun] = {}

    def operations(self) -> Mapping[str, Operation]:
        """The operations, by API name."""
        noun = self._noun
        return {
            f"Create{noun}Job": self._create,
            f"Describe{noun}Job": self._describe,
            f"Stop{noun}Job": self._stop,
            f"List{noun}Jobs": self._list,
            f"Delete{noun}Job": self._delete,
        }

    def close(self) -> None:
        """End every job that still runs."""
        for run in list(self._runs.values()):
            run.close()

    def _create(self, parameters: Parameters, context: RequestContext) -> dict[str, Any]:
        document = self._documents(parameters, self._environment.clock.now())
        name = parameters[f"{self._noun}JobName"]
        # SageMaker lower-cases the names in the ARNs that it issues.
        path = f"{self._noun}-job/{name}".lower()
        arn = f"arn:aws:sagemaker:{context.region}:{context.account_id}:{path}"
        check_role(self._environment.clients.as_service("iam"), parameters["RoleArn"], arn)
        with self._lock:
            if name.lower() in self._runs:
                message = (
                    "Job name must be unique within an AWS account and region, and "
                    f"{_DUPLICATE[self._noun]} with this name already exists ({arn})"
                )
                raise ServiceError("ResourceInUse", message)
            self._check_quota(self._run_type.instances_of(parameters))
            self._tags.register(arn, parameters.get("Tags", ()))
            document[f"{self._noun}JobArn"] = arn
            clock = self._environment.clock
            record = JobRecord(self._noun, clock, document, self._events.changed)
            run = self._runs[name.lower()] = self._run_type(record, self._environment)
            run.start(self._when_ended)
        return {f"{self._noun}JobArn": arn}

    def _check_quota(self, wanted: Mapping[str, Any]) -> None:
        instance_type = wanted["InstanceType"]
        running = (run.instances for run in self._runs.values() if not run.record.has_ended)
        in_use = sum(
            each["InstanceCount"] for each in running if each["InstanceType"] == instance_type
        )
        quota = quota_name(instance_type, self._noun)
        quotas = self._environment.settings.instance_quotas
        check_quota(quotas, quota, in_use, wanted["InstanceCount"])

    def _describe(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        return self._existing(parameters).record.describe()

    def _stop(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        run = self._existing(parameters)
        if run.record.has_ended:
            message = (
                f"The request was rejected because the {self._noun.lower()} job is in status "
                f"{run.record.status}."
            )
            raise ServiceError("ValidationException", message)
        run.stop()
        return {}

    def _list(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        refuse(parameters, _UNSUPPORTED_FILTERS)
        with self._lock:
            runs = list(self._runs.values())
        return listing.page(self._noun, [run.record.describe() for run in runs], parameters)

    def _delete(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        run = self._existing(parameters)
        if not run.record.has_ended:
            message = f"The job {run.record.arn} is in status {run.record.status}; stop it first"
            raise ServiceError("ResourceInUse", message)
        with self._lock:
            self._runs.pop(run.record.name.lower(), None)
        self._tags.forget(run.record.arn)
        return {}

    def _existing(self, parameters: Parameters) -> JobRun:
        name = parameters[f"{self._noun}JobName"]
        with self._lock:
            run = self._runs.get(name.lower())
        if run is None:
            raise ServiceError("ValidationException", _NOT_FOUND[self._noun].format(name))
        return run
