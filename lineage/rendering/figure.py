"""An answer as a figure: boxes and arrows before anyone decides how to draw them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from lineage.rendering.wording import Facts

Groups = Mapping[str, Facts]
"""Facts under headings; those of the thing itself under none."""


class Kind(StrEnum):
    """What a node is, which decides its colour and shape."""

    DATA = "data"
    JOB = "job"
    MODEL = "model"
    REPORT = "report"
    NIGHT = "night"
    PACKAGE = "package"
    DEPLOYMENT = "deployment"
    ENDPOINT = "endpoint"


@dataclass(frozen=True)
class Node:
    """A box: an id that is unique in its figure, a title, and a caption of a few words."""

    id: str
    kind: Kind
    title: str
    caption: str
    uri: str
    groups: Groups = field(default_factory=dict)


@dataclass(frozen=True)
class Arrow:
    """From what came first to what came of it; on the path if it is the way that was asked for."""

    source: str
    destination: str
    is_on_path: bool = False
    label: str = ""


@dataclass(frozen=True)
class Figure:
    """Nodes in the order in which they came to be, and the arrows between them."""

    title: str
    description: str
    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]
