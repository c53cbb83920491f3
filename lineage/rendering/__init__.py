"""The answers of lineage queries for people and for other systems; documents in, text out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lineage.facts import Document
from lineage.rendering import (
    asof,
    audit,
    budget,
    difference,
    difference_figure,
    difference_page,
    explanation,
    explanation_figure,
    explanation_page,
    impact,
    impact_figure,
    impact_page,
    openlineage,
    plan,
)
from lineage.rendering.figure import Figure
from lineage.rendering.mermaid import flowchart

Rendering = Callable[[Document], str]


def _as_mermaid(figure: Callable[[Document], Figure]) -> Rendering:
    return lambda answer: flowchart(figure(answer))


FORMATS: Mapping[str, Mapping[str, Rendering]] = {
    "explain": {
        "text": explanation.as_text,
        "mermaid": _as_mermaid(explanation_figure.figure),
        "html": explanation_page.as_html,
        "openlineage": openlineage.as_openlineage,
    },
    "diff": {
        "text": difference.as_text,
        "mermaid": _as_mermaid(difference_figure.figure),
        "html": difference_page.as_html,
    },
    "impact": {
        "text": impact.as_text,
        "mermaid": _as_mermaid(impact_figure.figure),
        "html": impact_page.as_html,
    },
    "asof": {"text": asof.as_text},
    "plan": {"text": plan.as_text},
    "apply": {"text": plan.applied_as_text},
    "audit": {"text": audit.as_text},
    "budget": {"text": budget.as_text},
}
"""What the answer to each question can be rendered as, besides the JSON that it is."""
