"""The facets of OpenLineage that a night has facts for, each under its schema's own address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lineage.facts import Document

PRODUCER = "https://nightly-retrain.invalid/lineage"
INTEGRATION = "SAGEMAKER"
_FACETS = "https://openlineage.io/spec/facets"


def parent(run: Document, job: Document) -> Document:
    """The run that this one is a part of."""
    return _facet("1-2-0", "ParentRunFacet", run=run, job=job)


def job_type(kind: str) -> Document:
    """A job or, for the night, the graph of its jobs; they end by themselves."""
    return _facet(
        "2-0-4", "JobTypeJobFacet", processingType="BATCH", integration=INTEGRATION, jobType=kind
    )


def source_code_location(code: Document) -> Document:
    """Where the code of a job lies, and the commit that it is of."""
    return _facet(
        "1-1-0",
        "SourceCodeLocationJobFacet",
        type="git",
        url=code["Uri"],
        version=code["Commit"],
    )


def execution_parameters(parameters: Mapping[str, Any]) -> Document:
    """What a run was told."""
    listed = [{"key": key, "value": _text(value)} for key, value in parameters.items()]
    return _facet("1-0-0", "ExecutionParametersRunFacet", parameters=listed)


def tags(results: Mapping[str, Any]) -> Document:
    """What a run found out about itself."""
    listed = [
        {"key": key, "value": _text(value), "source": INTEGRATION} for key, value in results.items()
    ]
    return _facet("1-0-0", "TagsRunFacet", tags=listed)


def data_source(name: str, uri: str) -> Document:
    """The bucket of a data set."""
    return _facet("1-0-1", "DatasourceDatasetFacet", name=name, uri=uri)


def dataset_type(kind: str) -> Document:
    """A file, or a model."""
    return _facet("1-0-1", "DatasetTypeDatasetFacet", datasetType=kind)


def version(text: str) -> Document:
    """The content's digest, or a package's version."""
    return _facet("1-0-1", "DatasetVersionDatasetFacet", datasetVersion=text)


def schema(features: Iterable[str]) -> Document:
    """The columns of a channel: the label first, as the algorithm wants it, then the features."""
    columns = [
        {"name": name, "ordinal_position": n} for n, name in enumerate(["label", *features], 1)
    ]
    return _facet("1-2-0", "SchemaDatasetFacet", fields=columns)


def input_statistics(counted: Mapping[str, int]) -> Document:
    """How much a run read: rowCount, size in bytes, fileCount."""
    return _facet("1-0-0", "InputStatisticsInputDatasetFacet", **counted)


def output_statistics(counted: Mapping[str, int]) -> Document:
    """How much a run wrote: rowCount, size in bytes, fileCount."""
    return _facet("1-0-2", "OutputStatisticsOutputDatasetFacet", **counted)


def _facet(schema_version: str, title: str, /, **told: object) -> Document:
    address = f"{_FACETS}/{schema_version}/{title}.json#/$defs/{title}"
    return {"_producer": PRODUCER, "_schemaURL": address, **told}


def _text(value: object) -> str:
    return value if isinstance(value, str) else repr(value)
