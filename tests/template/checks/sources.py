"""What the template names among the files: definitions, handlers, the layer's build."""

from __future__ import annotations

from collections.abc import Iterator

from docs.generate import ROOT
from tests.template.checks.finding import Finding
from tests.template.project import MACHINE, Project


def present(project: Project) -> Iterator[Finding]:
    """Files, handlers and targets that are not there."""
    for name, properties in project.of_type(MACHINE).items():
        if not (ROOT / str(properties.get("DefinitionUri"))).is_file():
            yield Finding(name, f"there is no file {properties.get('DefinitionUri')}")
    for name, properties in project.of_type("AWS::Serverless::Function").items():
        module, _, function = str(properties["Handler"]).partition(".")
        source = ROOT / "lambdas" / f"{module}.py"
        if not source.is_file() or f"def {function}(" not in source.read_text():
            yield Finding(name, f"lambdas/ has no {properties['Handler']}")
    targets = (ROOT / "Makefile").read_text()
    for name in project.of_type("AWS::Serverless::LayerVersion"):
        if f"\nbuild-{name}:" not in targets:
            yield Finding(name, f"the Makefile has no target build-{name}")
