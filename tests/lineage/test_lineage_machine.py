"""Nights are recorded, doubled, cut off, failed, redriven and pruned in any order: one graph.

For a long run: ``pytest --hypothesis-profile=soak tests/lineage/test_lineage_machine.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from random import Random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from lineage.clients import Clients
from lineage.errors import LineageNotReady
from lineage.model import Entity
from lineage.outages import outages_named
from lineage.queries.excerpt import excerpt
from lineage.query import LineageQuery
from lineage.records.shelf import Shelf
from lineage.retention import Pruning, Retention
from tests.lineage.courses import NIGHTS, Course, comparable, three_courses, undisturbed
from tests.lineage.interleaving import interleave
from tests.lineage.lag import LaggingWire
from tests.lineage.mishaps import DisturbedWire, Mishap
from tests.lineage.nights import StagedNight
from tests.lineage.quick import make_quick
from tests.lineage.turns import AnyOrder
from tests.lineage.worlds import World, graph_of

pytestmark = pytest.mark.slow

BUCKET, GROUP = "fraud", "fraud-classifier"
numbers = st.integers(0, len(NIGHTS) - 1)
mishaps = st.sampled_from(Mishap)
seeds = st.integers(0, 999)


class Recorders(RuleBasedStateMachine):
    """Whoever records the nights of one account, and whatever befalls them."""

    def __init__(self) -> None:
        super().__init__()
        self.chance = Random(0)  # noqa: S311  # an order, no secret
        self.patch = pytest.MonkeyPatch()
        make_quick(self.patch, lambda _: AnyOrder(self.chance))
        self.world = World(list(NIGHTS))
        self.courses = three_courses()
        self.seen: list[StagedNight] = []
        self.hiding: LaggingWire | None = None

    @rule(number=numbers, seed=seeds)
    def record(self, number: int, seed: int) -> None:
        """Record what comes next; where that was cut off before, it is the retry."""
        self.chance.seed(seed)
        course = self.courses[number]
        if course.left:
            self._goes_on(course, course.writer(course.left[0]), self._clients)

    @rule(number=numbers, data=st.data())
    def deliver_again(self, number: int, data: st.DataObject) -> None:
        """What has been recorded is recorded once more, late."""
        course = self.courses[number]
        if course.done:
            again = data.draw(st.sampled_from(course.done))
            self._succeeds(course.writer(again), self._clients)

    @precondition(lambda self: self.hiding is None)
    @rule(number=numbers, seed=seeds)
    def deliver_twice(self, number: int, seed: int) -> None:
        """Two recorders do the same at the same time, and take turns call by call."""
        course = self.courses[number]
        if course.left:
            writer = course.writer(course.left[0])
            turns = Random(seed)  # noqa: S311  # as above

            def both(clients: Clients) -> None:
                interleave([writer, writer], clients, turns.randrange)

            self._goes_on(course, both, self.world.clients)

    @rule(number=numbers, mishap=mishaps, call=st.integers(1, 25))
    def interrupt(self, number: int, mishap: Mishap, call: int) -> None:
        """A recording is cut off at one of its calls, if it makes so many."""
        course = self.courses[number]
        if course.left:
            clients = DisturbedWire(mishap=mishap, number=call).through(self._clients)
            self._goes_on(course, course.writer(course.left[0]), clients, mishap.error)

    @rule(number=numbers)
    def fail(self, number: int) -> None:
        """The execution of a night fails where it is."""
        self.courses[number].fail()

    @rule(number=numbers)
    def let_sagemaker_look(self, number: int) -> None:
        """SageMaker sees the jobs, the package and the endpoint of a night."""
        if NIGHTS[number] not in self.seen:
            self.seen.append(NIGHTS[number])
            self.world.sagemaker_looks_at(NIGHTS[number])

    @precondition(lambda self: self.world.clock.due)
    @rule()
    def let_something_appear(self) -> None:
        """SageMaker writes what it makes of the next thing that it has seen.

        In the order of the jobs: an evaluation starts when its model's artifact has been recorded.
        """
        self.world.clock.due.pop(0)()

    @rule()
    def let_the_index_lag(self) -> None:
        """What is written from now on does not show."""
        self.hiding = self.hiding or LaggingWire(self.world)

    @rule()
    def let_the_index_catch_up(self) -> None:
        """Everything shows."""
        self.hiding = None

    @precondition(lambda self: self.hiding is None)
    @rule(count=st.integers(1, len(NIGHTS)))
    def prune(self, count: int) -> None:
        """Retention takes old nights that are over."""
        done = self._prune(count, self.world.clients)
        # A record that was written and not filed is told, and is for the retry to file.
        assert done.refused.keys() <= {it.run_id for it in self.courses if it.cut_off}

    @precondition(lambda self: self.hiding is None)
    @rule(count=st.integers(1, len(NIGHTS)), mishap=mishaps, call=st.integers(1, 60))
    def interrupt_pruning(self, count: int, mishap: Mishap, call: int) -> None:
        """Retention is cut off at one of its calls."""
        clients = DisturbedWire(mishap=mishap, number=call).through(self.world.clients)
        self._succeeds(lambda _: self._prune(count, clients), clients, mishap.error)

    @invariant()
    def a_uri_has_one_artifact(self) -> None:
        listed = self.world.sagemaker.list_artifacts(MaxResults=100)["ArtifactSummaries"]
        uris = [each["Source"]["SourceUri"] for each in listed]
        assert len(uris) == len(set(uris))

    @invariant()
    def nothing_leaks_between_nights(self) -> None:
        for course in self.courses:
            graph = excerpt(self.world.sagemaker, course.night.package_arn)
            told = [it.properties for it in graph.entities.values()]
            assert {it["RunId"] for it in told if "RunId" in it} <= {course.run_id}
            digests = {it["Digest"] for it in told if "Digest" in it}
            assert digests <= {course.night.document["Dataset"]["Digest"]}

    @invariant()
    def a_pruned_night_answers_from_its_record(self) -> None:
        for course in self.courses:
            if course.explained:
                again = self._query.explain(course.night.package_arn)
                assert again.pop("AnsweredFrom")
                assert again == course.explained

    def teardown(self) -> None:
        """Once everything has been retried, the account is what a quiet one is."""
        try:
            self._settle()
            expected = undisturbed(self.courses, self.seen)
            assert comparable(self.world, self.courses) == comparable(expected, self.courses)
        finally:
            self.patch.undo()

    def _settle(self) -> None:
        self.hiding = None
        self.world.let_all_appear()
        for course in self.courses:
            while course.left:
                writer = course.writer(course.left[0])
                # The first attempt may find that half of the night is pruned, the second repairs.
                if not self._succeeds(writer, self.world.clients):
                    writer(self.world.clients)
                course.went_well()
        # The first day's retention may still have to bring back what a recorder called off.
        for _ in range(2):
            self._prune(sum(course.is_pruning for course in self.courses), self.world.clients)
        pruned = {course.run_id for course in self.courses if course.is_pruning}
        assert not self._named_of(pruned)
        for course in self.courses:
            if course.explained:
                assert self._query.explain(course.night.package_arn)["AnsweredFrom"] == "Record"

    def _named_of(self, run_ids: Collection[str]) -> list[Entity]:
        """What SageMaker's graph has of nights that counts against its quotas."""
        entities = graph_of(self.world.sagemaker)["entities"].values()
        return [it for it in entities if it.name and it.properties.get("RunId") in run_ids]

    @property
    def _clients(self) -> Clients:
        return self.hiding.through(self.world.clients) if self.hiding else self.world.clients

    @property
    def _query(self) -> LineageQuery:
        return LineageQuery(self.world.clients, GROUP, BUCKET)

    def _goes_on(
        self,
        course: Course,
        writer: Callable[[Clients], object],
        clients: Clients,
        *mishaps: type[Exception],
    ) -> None:
        if self._succeeds(writer, clients, *mishaps):
            course.went_well()
        else:
            course.cut_off.append(course.left[0])

    def _succeeds(
        self,
        writer: Callable[[Clients], object],
        clients: Clients,
        *mishaps: type[Exception],
    ) -> bool:
        """Whether a writer comes to its end; a lagging index may keep it from that.

        So may half of a pruning, whose traces the next attempt looks for.
        """
        is_unclear = self.hiding or any(course.is_pruning for course in self.courses)
        allowed = (*mishaps, LineageNotReady) if is_unclear else mishaps
        try:
            with outages_named():
                writer(clients)
        except allowed:
            return False
        return True

    def _prune(self, count: int, clients: Clients) -> Pruning:
        """Prune so many of the oldest nights, were they on their way or not."""
        for course in self.courses[:count]:
            if course.is_registered and not course.explained:
                course.explained = self._query.explain(course.night.package_arn)
                del course.explained["AnsweredFrom"]
            course.is_pruning = True
        pruning = {course.run_id for course in self.courses if course.is_pruning}
        shelf = Shelf(clients.s3, BUCKET)
        kept = [it for it in shelf.folders() if it.is_recorded and it.run_id not in pruning]
        return Retention(clients, shelf, len(kept)).prune()


TestRecorders = Recorders.TestCase
# An example is a whole history here, which takes the time of many others.
TestRecorders.settings = settings(
    max_examples=settings.default.max_examples // 4, stateful_step_count=20
)
