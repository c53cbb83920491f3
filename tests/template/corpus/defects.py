"""Defects that were seeded into the files that are deployed: one value each, elsewhere or gone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Any

from docs.generate import ROOT
from embedded_aws.cloudformation.plain_yaml import load_plain_yaml
from tests.template.project import Project, changed

_CORPUS = ROOT / "tests" / "template" / "corpus"


@dataclass(frozen=True)
class Defect:
    """One defect.

    Attributes:
        of: The machine in whose definition it is; None for the template.
        at: The members and indices that lead to it, with slashes.
        put: What stands there; None if it is missing.
        check: The name of the check that tells.
        says: What the check says of it.
    """

    name: str
    at: str
    check: str
    says: str
    put: Any = None
    of: str | None = None

    def seeded(self, project: Project) -> Project:
        """The project with it."""
        return changed(project, self.of, self.at.split("/"), self.put)


def corpus(file: str) -> list[Defect]:
    """The defects of one kind."""
    documents: Any = load_plain_yaml((_CORPUS / f"{file}.yaml").read_text())
    return [Defect(**each) for each in documents]


def all_seeded(project: Project, defects: Iterable[Defect]) -> Project:
    """The project with all of these."""
    return reduce(lambda so_far, defect: defect.seeded(so_far), defects, project)
