"""The answers of lineage queries for people: text for a terminal or a report."""

from lineage.rendering import audit, budget, difference, explanation, impact

__all__ = ["audit", "budget", "difference", "explanation", "impact"]
