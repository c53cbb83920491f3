"""The answers of lineage queries for people and for other systems; documents in, text out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lineage.facts import Document
from lineage.rendering import (
    asof,
    audit,
    budget,
    difference,
    explanation,
    impact,
    mermaid,
    openlineage,
    page,
    plan,
)

EXPLANATION_FORMATS: Mapping[str, Callable[[Document], str]] = {
    "text": explanation.as_text,
    "mermaid": mermaid.as_mermaid,
    "html": page.as_html,
    "openlineage": openlineage.as_openlineage,
}
"""What a document by schema/explain.json can be rendered as, besides itself."""

__all__ = [
    "EXPLANATION_FORMATS",
    "asof",
    "audit",
    "budget",
    "difference",
    "explanation",
    "impact",
    "plan",
]
