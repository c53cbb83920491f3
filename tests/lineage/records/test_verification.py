"""A record counts only with its digest: on its action in SageMaker's graph, or in later records."""

from __future__ import annotations

import pytest

from lineage import names
from lineage.recorder import record_failure
from lineage.records.archive import Archive
from lineage.records.folder import Folder
from lineage.records.shelf import Shelf
from lineage.records.verification import Verification, read_stored, verify
from lineage.repair import repair
from lineage.retention import Pruning, Retention
from lineage.vocabulary import Stage
from tests.lineage import builders
from tests.lineage.failures import a_failure
from tests.lineage.nights import StagedNight
from tests.lineage.worlds import World

OWN = [stage for stage in Stage if not stage.is_of_rollout]


class Doubted:
    """A recorded night, and what somebody may do to its records and to what is noted of them."""

    def __init__(self, last: Stage = Stage.DEPLOYMENT_OUTCOME) -> None:
        self.night = StagedNight(builders.a_night("00000001"), version=1)
        self.world = World([self.night])
        self.shelf = Shelf(self.world.s3, self.night.bucket)
        self.run_id = self.night.document["RunId"]
        self.night.record_until(last, self.world.clients)

    @property
    def folder(self) -> Folder:
        found = self.shelf.folder(self.night.document["DataDate"], self.run_id)
        assert found
        return found

    def verified(self) -> Verification:
        stored = read_stored(self.shelf, self.folder)
        return verify(self.world.sagemaker, self.shelf, self.folder, stored)

    def prune(self) -> Pruning:
        return Retention(self.world.clients, self.shelf, 0).prune()

    def replace_properties(self) -> None:
        """Take the digests from the night's action, as an UpdateAction by hand may."""
        name = names.entity_name(self.night.document["Workflow"], "night", self.run_id)
        told = self.world.sagemaker.describe_action(ActionName=name)["Properties"]
        kept = {key: value for key, value in told.items() if not key.endswith("RecordSha256")}
        self.world.sagemaker.update_action(ActionName=name, Properties=kept)

    def forge(self, title: str, old: str = "0.9512", new: str = "0.9999") -> str:
        """Change a record; return its URI."""
        uri = names.record_uri(self.night.document["RecordUri"], title)
        archive = Archive(self.world.s3)
        archive.write(uri, f"{(archive.read(uri) or '').replace(old, new)} ")
        return uri


@pytest.mark.parametrize("last", Stage)
def test_all_that_a_recording_notes_is_there(last: Stage) -> None:
    assert Doubted(last).verified() == Verification((), ())


def test_digests_that_are_gone_are_missed_until_they_are_applied() -> None:
    doubted = Doubted()
    doubted.replace_properties()
    assert doubted.verified().unnoted == tuple(sorted(stage.lower() for stage in OWN))
    assert repair(doubted.world.clients, doubted.shelf, doubted.folder)["Left"] == []
    assert doubted.verified() == Verification((), ())


def test_a_night_whose_digests_are_gone_is_not_pruned_until_they_are_applied() -> None:
    doubted = Doubted()
    doubted.replace_properties()
    (why,) = doubted.prune().refused[doubted.run_id]
    assert f"`nightly lineage apply {doubted.run_id}`" in why
    repair(doubted.world.clients, doubted.shelf, doubted.folder)
    assert doubted.prune().pruned == [doubted.run_id]


@pytest.mark.parametrize("stage", OWN)
def test_later_records_convict_a_forged_one_whose_digest_is_gone(stage: Stage) -> None:
    doubted = Doubted()
    doubted.replace_properties()
    uri = doubted.forge(stage)
    (change,) = doubted.verified().changes
    assert change.uri == uri
    assert "-outcome.json says" in change.what


def test_a_forged_record_whose_digest_is_gone_is_neither_applied_nor_pruned() -> None:
    doubted = Doubted()
    doubted.replace_properties()
    uri = doubted.forge(Stage.EVALUATION)
    done = repair(doubted.world.clients, doubted.shelf, doubted.folder)
    assert done["Calls"] == []
    assert f"{uri} was changed" in done["Findings"][0]["Finding"]
    assert doubted.verified().unnoted
    assert f"{uri} was changed" in doubted.prune().refused[doubted.run_id][0]


def test_a_digest_that_was_forged_with_its_record_convicts_it_no_less() -> None:
    doubted = Doubted()
    uri = doubted.forge(Stage.FEATURISE)
    name = names.entity_name(doubted.night.document["Workflow"], "night", doubted.run_id)
    told = doubted.world.sagemaker.describe_action(ActionName=name)["Properties"]
    digest = names.sha256(Archive(doubted.world.s3).read(uri) or "")
    forged = {**told, "FeaturiseRecordSha256": digest}
    doubted.world.sagemaker.update_action(ActionName=name, Properties=forged)
    assert [it.uri for it in doubted.verified().changes] == [uri]


def test_a_record_that_is_gone_with_its_digest_is_missed() -> None:
    doubted = Doubted()
    doubted.replace_properties()
    uri = names.record_uri(doubted.night.document["RecordUri"], Stage.TRAINING)
    Archive(doubted.world.s3).delete(uri)
    (change,) = doubted.verified().changes
    assert "the record training is gone" in change.what


def test_records_that_contradict_each_other_are_found_and_not_raised() -> None:
    """The failure was noted on an action that somebody replaced: no digest tells which is wrong."""
    doubted = Doubted(Stage.EVALUATION)
    record_failure(doubted.world.clients, doubted.night.bucket, a_failure(doubted.night.document))
    name = names.entity_name(doubted.night.document["Workflow"], "night", doubted.run_id)
    doubted.world.sagemaker.update_action(ActionName=name, Properties={})
    doubted.forge("failure-r0", doubted.night.document["ImageUri"], "an-other:image")
    done = repair(doubted.world.clients, doubted.shelf, doubted.folder)
    assert done["Calls"] == []
    assert "contradict each other" in done["Findings"][0]["Finding"]
