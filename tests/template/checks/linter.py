"""cfn-lint on what SAM's transform makes of the template, with the definitions inlined.

On the SAM template itself it sees far less: no schema of the resources that SAM makes, nothing of
what a DefinitionUri holds, no circular dependencies.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import import_module

from embedded_aws.cloudformation.errors import TemplateError
from tests.template.checks.finding import Finding
from tests.template.project import REGION, Project


def transformable(project: Project) -> Iterator[Finding]:
    """What SAM's own translator refuses."""
    try:
        assert project.transformed
    except TemplateError as refused:
        yield Finding("Transform", str(refused))


def linted(project: Project, *regions: str) -> Iterator[Finding]:
    """What cfn-lint says, warnings included; the definitions are held to its schema of ASL."""
    # Every worker imports this module, one lints: importing the linter alone takes seconds.
    linter = import_module("cfnlint.api")
    text = json.dumps(project.transformed)
    for match in linter.lint(text, config=linter.ManualArgs(regions=[REGION, *regions])):
        where = "/".join(str(step) for step in match.path or ())
        yield Finding(where, f"{match.rule.id} {match.message}")
