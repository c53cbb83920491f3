"""Whether the records of a night are those whose digests were noted when they were written.

SageMaker's graph notes them; when a night is pruned from it, the note of that takes them over.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lineage import api, names
from lineage.clients import SageMaker
from lineage.errors import InvalidDocument, RecordTooNew
from lineage.model import Action
from lineage.parallel import map_parallel
from lineage.records.failure import FailureRecord
from lineage.records.folder import Folder
from lineage.records.pruning import Notes
from lineage.records.record import Record
from lineage.records.shelf import Shelf
from lineage.vocabulary import ActionType, Stage


@dataclass(frozen=True)
class Stored:
    """A record as it lies in the bucket, readable or not."""

    uri: str
    sha256: str
    record: Record | FailureRecord | None


def read_stored(shelf: Shelf, folder: Folder) -> dict[str, Stored]:
    """All records of a night, by title."""
    titles = sorted(folder.titles)
    uris = [names.record_uri(folder.uri, title) for title in titles]
    texts = map_parallel(shelf.text, uris)
    return {
        title: Stored(uri, names.sha256(text), _parsed(title, uri, text))
        for title, uri, text in zip(titles, uris, texts, strict=True)
    }


def night_action(sagemaker: SageMaker, stored: Mapping[str, Stored]) -> Action | None:
    """The night in SageMaker's graph, as its records name it."""
    records = [each.record for each in stored.values() if each.record]
    nights = [it for each in records for it in each.graph.actions(ActionType.NIGHTLY_RETRAIN)]
    return api.find_action(sagemaker, nights[0].name) if nights else None


@dataclass(frozen=True)
class Change:
    """A record that is gone, or not the one that was noted, and what there is to tell of it."""

    uri: str
    what: str


def changes(
    sagemaker: SageMaker, shelf: Shelf, folder: Folder, stored: Mapping[str, Stored]
) -> Iterator[Change]:
    """Every record that is gone, or not the one that was noted.

    A deployment's records bear the name of its action; the stages' digests are on the night's.
    What SageMaker's graph does not note may have been when retention turned to the night.
    """
    noted = {} if folder.is_pruned else _indexed_notes(sagemaker, folder, stored)
    yield from _differences(folder, noted, stored, "SageMaker's graph notes")
    before = Notes.of(shelf.s3, folder).digests()
    once = {title: sha256 for title, sha256 in before.items() if title not in noted}
    yield from _differences(folder, once, stored, "the note of its pruning says")


def _indexed_notes(
    sagemaker: SageMaker, folder: Folder, stored: Mapping[str, Stored]
) -> dict[str, str]:
    night = night_action(sagemaker, stored)
    names_of_deployments = sorted({names.deployment_of(title) for title in folder.deployments})
    deployments = [api.find_action(sagemaker, name) for name in names_of_deployments]
    return dict(it for action in (night, *deployments) if action for it in _notes(action))


def _differences(
    folder: Folder, noted: Mapping[str, str], stored: Mapping[str, Stored], who_says: str
) -> Iterator[Change]:
    for title, sha256 in noted.items():
        uri = names.record_uri(folder.uri, title)
        if title not in stored:
            yield Change(uri, f"the record {title} is gone; {who_says} its digest is {sha256}")
        elif stored[title].sha256 != sha256:
            yield Change(
                uri,
                f"{uri} was changed: its digest is {stored[title].sha256}, and {who_says} {sha256}",
            )


def _notes(action: Action) -> Iterator[tuple[str, str]]:
    """The titles of an action's records, and their digests."""
    for stage in Stage:
        sha256 = action.properties.get(f"{stage}RecordSha256")
        if sha256:
            yield _title(stage, action), sha256
    for key, value in action.properties.items():
        title = names.failure_of_property(key)
        if title:
            yield title, json.loads(value)["RecordSha256"]


def _title(stage: Stage, action: Action) -> str:
    match stage:
        case Stage.DEPLOYMENT:
            return action.name
        case Stage.DEPLOYMENT_OUTCOME:
            return names.deployment_outcome(action.name)
        case _:
            return stage.lower()


def _parsed(title: str, uri: str, text: str) -> Record | FailureRecord | None:
    kind = FailureRecord if names.is_failure(title) else Record
    try:
        return kind.parse(uri, text)
    except (InvalidDocument, RecordTooNew):
        return None
