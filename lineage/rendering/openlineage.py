"""An explanation as OpenLineage events, for a catalogue that gathers lineage of many systems.

By OpenLineage 2-0-2 (openlineage.io/spec): the night is a run, its three jobs are runs of which it
is the parent, and the registration is its own output. Data sets in S3 are named as the
specification's naming conventions say: the bucket is the namespace, the key is the name.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from lineage.facts import Document
from lineage.rendering import openlineage_facets as facets

_RUN_EVENT = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"

Dataset = dict[str, Any]


@dataclass(frozen=True)
class _Run:
    """One job of the night, and what it read and wrote."""

    step: str
    job: Document
    inputs: tuple[Dataset, ...]
    outputs: tuple[Dataset, ...]
    parameters: Document
    results: Document = field(default_factory=dict)


def as_openlineage(explanation: Document) -> str:
    """A document by schema/explain.json as events, one JSON document a line, in order of time.

    START and COMPLETE for each job; for the night COMPLETE alone, since nobody noted its start.
    """
    lines = (json.dumps(event, sort_keys=True) for event in events(explanation))
    return "".join(f"{line}\n" for line in lines)


def events(explanation: Document) -> list[Document]:
    """The events; equal explanations have equal events, run ids included."""
    jobs = (event for run in _runs(explanation) for event in _of_job(explanation, run))
    return sorted([*jobs, _of_night(explanation)], key=lambda event: str(event["eventTime"]))


def _of_job(explanation: Document, run: _Run) -> Iterator[Document]:
    described = {
        "run": {
            "runId": _run_id(run.job["Arn"]),
            "facets": {
                "parent": facets.parent(_night_run(explanation), _night_job(explanation)),
                "executionParameters": facets.execution_parameters(run.parameters),
                "tags": facets.tags(run.results),
            },
        },
        "job": {
            **_named_job(explanation, run.step),
            "facets": {
                "jobType": facets.job_type("JOB"),
                "sourceCodeLocation": facets.source_code_location(explanation["Code"]),
            },
        },
    }
    yield _event("START", run.job["StartedAt"], described, inputs=run.inputs)
    yield _event("COMPLETE", run.job["EndedAt"], described, inputs=run.inputs, outputs=run.outputs)


def _of_night(explanation: Document) -> Document:
    package, night = explanation["Package"], explanation["Night"]
    decision = explanation["Decision"]
    told = {"DataDate": night["DataDate"], "AucThreshold": decision["Threshold"]}
    results = {"RunId": night["RunId"], "Decision": decision["Outcome"], "Auc": decision["Auc"]}
    described = {
        "run": {
            **_night_run(explanation),
            "facets": {
                "executionParameters": facets.execution_parameters(told),
                "tags": facets.tags(results),
            },
        },
        "job": {**_night_job(explanation), "facets": {"jobType": facets.job_type("DAG")}},
    }
    registered = {
        "namespace": _account(package["Arn"]),
        "name": f"model-package/{package['Group']}",
        "facets": {
            "datasetType": facets.dataset_type("MODEL"),
            "version": facets.version(str(package["Version"])),
        },
    }
    inputs = [_model(explanation), _report(explanation)]
    when = package["RegisteredAt"]
    return _event("COMPLETE", when, described, inputs=inputs, outputs=[registered])


def _runs(explanation: Document) -> Iterator[_Run]:
    processing, training = explanation["ProcessingJob"], explanation["TrainingJob"]
    train, validation, holdout = (
        _channel(explanation, name) for name in ("train", "validation", "holdout")
    )
    model = _model(explanation)
    windows = {
        key: explanation["Night"][key]
        for key in ("DataDate", "TrainDays", "LabelDelayDays", "HoldoutDays")
    }
    yield _Run(
        "featurise", processing, (_source(explanation),), (train, validation, holdout), windows
    )
    hyperparameters, metrics = explanation["Hyperparameters"], explanation["TrainingJob"]["Metrics"]
    yield _Run("train", training, (train, validation), (model,), hyperparameters, metrics)
    evaluation = explanation["Evaluation"]
    estimates = {key: value for key, value in evaluation.items() if isinstance(value, float)}
    outputs = (_report(explanation),)
    yield _Run("evaluate", evaluation["Job"], (model, holdout), outputs, {}, estimates)


def _source(explanation: Document) -> Dataset:
    source = explanation["Dataset"]
    read = {"rowCount": source["Rows"], "size": source["Bytes"], "fileCount": source["Objects"]}
    return _dataset(
        source["ManifestUri"],
        {"version": facets.version(source["Digest"])},
        inputFacets={"inputStatistics": facets.input_statistics(read)},
    )


def _channel(explanation: Document, name: str) -> Dataset:
    channel = explanation["Channels"][name]
    written = facets.output_statistics({"rowCount": channel["Rows"]})
    schema = facets.schema(explanation["ProcessingJob"]["Features"])
    return _dataset(channel["Uri"], {"schema": schema}, outputFacets={"outputStatistics": written})


def _model(explanation: Document) -> Dataset:
    return _dataset(explanation["Model"]["Uri"], {"datasetType": facets.dataset_type("MODEL")})


def _report(explanation: Document) -> Dataset:
    return _dataset(explanation["Evaluation"]["ReportUri"], {})


def _dataset(uri: str, told: Document, **of_use: Document) -> Dataset:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    namespace = f"s3://{bucket}"
    source = facets.data_source(bucket, namespace)
    described = {"dataSource": source, "datasetType": facets.dataset_type("FILE"), **told}
    return {"namespace": namespace, "name": key, "facets": described, **of_use}


def _event(
    event_type: str,
    when: str,
    described: Document,
    *,
    inputs: Iterable[Dataset] = (),
    outputs: Iterable[Dataset] = (),
) -> Document:
    return {
        "eventType": event_type,
        "eventTime": when,
        "producer": facets.PRODUCER,
        "schemaURL": _RUN_EVENT,
        **described,
        "inputs": [_without(each, "outputFacets") for each in inputs],
        "outputs": [_without(each, "inputFacets") for each in outputs],
    }


def _without(dataset: Dataset, key: str) -> Dataset:
    return {name: value for name, value in dataset.items() if name != key}


def _night_run(explanation: Document) -> Document:
    return {"runId": _run_id(explanation["Night"]["ExecutionArn"])}


def _night_job(explanation: Document) -> Document:
    night = explanation["Night"]
    return {"namespace": _account(night["ExecutionArn"]), "name": night["Workflow"]}


def _named_job(explanation: Document, step: str) -> Document:
    night = _night_job(explanation)
    return {**night, "name": f"{night['name']}.{step}"}


def _account(arn: str) -> str:
    """A service of an account and region, as the naming conventions have it for AWS Glue."""
    return ":".join(arn.split(":")[:5])


def _run_id(arn: str) -> str:
    """An ARN as a UUID; version 5, so that it is the same in every rendering."""
    return str(uuid5(NAMESPACE_URL, arn))
