"""What can be told of the template and the definitions without deploying them, and that it is.

The corpus has a defect for whatever each check is there for; a check that does not bite fails. None
of its defects is left that no check tells: what only a run shows is for tests/machine.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests.template.checks import asl_validator, linter, policies
from tests.template.checks.catalogue import CHECKS, LINT, SECOND_OPINION
from tests.template.checks.finding import Finding
from tests.template.corpus.defects import Defect, all_seeded, corpus
from tests.template.project import project

TEMPLATE, DEFINITIONS, POLICIES = map(corpus, ("template", "definitions", "policies"))
CORPUS = [*TEMPLATE, *DEFINITIONS, *POLICIES]


def having(check: str) -> list[Defect]:
    return [defect for defect in CORPUS if defect.check == check]


def named(defects: Iterable[Defect]) -> list[object]:
    return [pytest.param(defect, id=defect.name) for defect in defects]


def told(findings: Iterable[Finding], defect: Defect) -> bool:
    return any(defect.says in str(finding) for finding in findings)


@pytest.mark.parametrize("check", CHECKS)
def test_a_check_finds_nothing_in_the_project(check: str) -> None:
    assert [str(finding) for finding in CHECKS[check](project())] == []


@pytest.mark.parametrize(
    "defect", named(it for it in CORPUS if it.check not in {LINT, SECOND_OPINION})
)
def test_a_defect_is_caught_by_the_check_of_its_name(defect: Defect) -> None:
    findings = list(CHECKS[defect.check](defect.seeded(project())))
    assert told(findings, defect), [str(finding) for finding in findings]


@pytest.mark.slow
def test_the_linter_finds_nothing_in_the_transformed_template_on_any_continent() -> None:
    elsewhere = ("eu-central-1", "ap-northeast-1", "sa-east-1")
    assert {*elsewhere} < {*project().template["Mappings"]["XGBoost"]}
    assert [str(finding) for finding in linter.linted(project(), *elsewhere)] == []


@pytest.fixture(scope="module")
def seeded_lint() -> list[Finding]:
    """What the linter says when all of its defects are there at once."""
    return list(linter.linted(all_seeded(project(), having(LINT))))


@pytest.mark.slow
@pytest.mark.parametrize("defect", named(having(LINT)))
def test_a_defect_is_caught_by_the_linter(defect: Defect, seeded_lint: list[Finding]) -> None:
    assert told(seeded_lint, defect), [str(finding) for finding in seeded_lint]


@pytest.fixture(scope="module")
def second_opinions() -> dict[str, list[Finding]]:
    """What asl-validator says of the project's definitions, and of each with one defect."""
    if not asl_validator.is_present():
        pytest.skip("asl-validator is not installed: Node.js was not here")
    given = dict(project().filled)
    for defect in having(SECOND_OPINION):
        given[defect.name] = defect.seeded(project()).filled[str(defect.of)]
    findings = list(asl_validator.second_opinion(given))
    return {name: [it for it in findings if it.where == name] for name in given}


@pytest.mark.slow
def test_a_second_validator_agrees(second_opinions: dict[str, list[Finding]]) -> None:
    assert [second_opinions[machine] for machine in project().definitions] == [[], []]


@pytest.mark.slow
@pytest.mark.parametrize("defect", named(having(SECOND_OPINION)))
def test_a_defect_is_caught_by_the_second_validator(
    defect: Defect, second_opinions: dict[str, list[Finding]]
) -> None:
    assert told(second_opinions[defect.name], defect), second_opinions[defect.name]


def test_every_check_has_a_defect_that_it_catches() -> None:
    assert {defect.check for defect in CORPUS} == {*CHECKS, LINT, SECOND_OPINION}


@pytest.mark.parametrize(
    ("defects", "least"), [(TEMPLATE, 26), (DEFINITIONS, 18), (POLICIES, 10)], ids=["t", "d", "p"]
)
def test_the_corpus_stays_as_large_as_it_was_asked_to_be(defects: list[Defect], least: int) -> None:
    assert len({defect.name for defect in defects}) == len(defects) >= least


def test_what_parliament_may_say_is_there_to_be_said() -> None:
    statements = {where for where, _ in policies.statements(project())}
    assert {where for where, _ in policies.REASONS} <= statements
