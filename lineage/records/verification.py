"""Whether the records of a night are those whose digests were noted when they were written.

SageMaker's graph notes them; when a night is pruned from it, the note of that takes them over.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from lineage import api, names
from lineage.clients import SageMaker
from lineage.errors import EntityConflict, InvalidDocument, RecordTooNew
from lineage.model import Action, Graph
from lineage.parallel import map_parallel
from lineage.records.archive import Archive
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
        title: _stored(title, uri, text)
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


@dataclass(frozen=True)
class Verification:
    """What becomes of comparing the records of a night with what is noted of them.

    Attributes:
        changes: Every record that is gone, or not the one that was noted; the folder, if the
            records contradict each other.
        unnoted: The titles of records whose digests should be in SageMaker's graph, and are not.
    """

    changes: tuple[Change, ...]
    unnoted: tuple[str, ...]

    @property
    def lacking(self) -> str | None:
        """Why the records cannot stand for the graph though none is known to have changed."""
        if self.changes or not self.unnoted:
            return None
        return (
            f"the digests of its records {', '.join(self.unnoted)} are not noted in SageMaker's"
            " graph: somebody replaced them, or a recording was cut off"
        )


def verify(
    sagemaker: SageMaker, shelf: Shelf, folder: Folder, stored: Mapping[str, Stored]
) -> Verification:
    """Compare the records of a night with their digests, wherever those are noted.

    A deployment's records bear the name of its action; the stages' digests are on the night's.
    What SageMaker's graph does not note may have been when retention turned to the night; and
    each record has the digests of those that it extends.
    """
    actions = [] if folder.is_pruned else list(_indexed_actions(sagemaker, folder, stored))
    noted = dict(it for action in actions for it in _notes(action))
    before = Notes.of(shelf.s3, folder).digests()
    # Recorders work beside: what is noted by now may have been written since the folder was listed.
    stored = {**_read(shelf, folder, noted.keys() - stored.keys()), **stored}
    once = {title: sha256 for title, sha256 in before.items() if title not in noted}
    found = {
        **_differences(folder, once, stored, "the note of its pruning says"),
        **_differences(folder, noted, stored, "SageMaker's graph notes"),
    }
    for title in _latest_first(folder):
        record = stored[title].record
        if title not in found and isinstance(record, Record):
            told = f"{stored[title].uri} says"
            found = {**_differences(folder, _extended(record), stored, told), **found}
    indexed = {action.ref for action in actions if not folder.is_being_pruned}
    wanted = _wanted_notes(stored, indexed) if indexed else set()
    return Verification(
        tuple(found[title] for title in sorted(found)) or tuple(_contradictions(folder, stored)),
        tuple(sorted(wanted - noted.keys() - before.keys())),
    )


def _read(shelf: Shelf, folder: Folder, titles: Collection[str]) -> dict[str, Stored]:
    """Those records of a night that there are, of some titles."""
    uris = {title: names.record_uri(folder.uri, title) for title in sorted(titles)}
    texts = map_parallel(Archive(shelf.s3).read, uris.values())
    return {
        title: _stored(title, uri, text)
        for (title, uri), text in zip(uris.items(), texts, strict=True)
        if text is not None
    }


def _indexed_actions(
    sagemaker: SageMaker, folder: Folder, stored: Mapping[str, Stored]
) -> Iterator[Action]:
    """The night and its deployments in SageMaker's graph."""
    names_of_deployments = sorted({names.deployment_of(title) for title in folder.deployments})
    deployments = (api.find_action(sagemaker, name) for name in names_of_deployments)
    yield from filter(None, (night_action(sagemaker, stored), *deployments))


def _latest_first(folder: Folder) -> list[str]:
    """The titles of records that may extend others: those that follow come first."""
    outcomes_first = sorted(folder.deployments, key=names.is_outcome, reverse=True)
    return [*outcomes_first, *(stage.lower() for stage in reversed(folder.stages))]


def _extended(record: Record) -> dict[str, str]:
    """The digests of the records that one extends, by title."""
    return dict(it for action in _noting(record.graph) for it in _notes(action))


def _wanted_notes(stored: Mapping[str, Stored], indexed: Collection[str]) -> set[str]:
    """The titles of the records whose digests are to be on those actions that are there."""
    graphs = (each.record.for_index() for each in stored.values() if each.record)
    actions = (action for graph in graphs for action in _noting(graph) if action.ref in indexed)
    return {title for action in actions for title, _ in _notes(action)}


def _noting(graph: Graph) -> Iterator[Action]:
    """The actions that bear digests of records."""
    for action_type in (ActionType.NIGHTLY_RETRAIN, ActionType.MODEL_DEPLOYMENT):
        yield from graph.actions(action_type)


def _contradictions(folder: Folder, stored: Mapping[str, Stored]) -> Iterator[Change]:
    try:
        Graph.united(each.record.graph for each in stored.values() if each.record)
    except EntityConflict as why:
        yield Change(folder.uri, f"the records in {folder.uri} contradict each other: {why}")


def _differences(
    folder: Folder, noted: Mapping[str, str], stored: Mapping[str, Stored], who_says: str
) -> dict[str, Change]:
    """What differs from its digest, by title."""
    found = {}
    for title, sha256 in noted.items():
        uri = names.record_uri(folder.uri, title)
        if title not in stored:
            what = f"the record {title} is gone; {who_says} its digest is {sha256}"
            found[title] = Change(uri, what)
        elif stored[title].sha256 != sha256:
            is_now = stored[title].sha256
            what = f"{uri} was changed: its digest is {is_now}, and {who_says} {sha256}"
            found[title] = Change(uri, what)
    return found


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


def _stored(title: str, uri: str, text: str) -> Stored:
    return Stored(uri, names.sha256(text), _parsed(title, uri, text))


def _parsed(title: str, uri: str, text: str) -> Record | FailureRecord | None:
    kind = FailureRecord if names.is_failure(title) else Record
    try:
        return kind.parse(uri, text)
    except (InvalidDocument, RecordTooNew):
        return None
