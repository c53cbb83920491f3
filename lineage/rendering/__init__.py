"""The answers of lineage queries for people: text for a terminal or a report."""

from lineage.rendering import audit, difference, explanation, impact

__all__ = ["audit", "difference", "explanation", "impact"]
