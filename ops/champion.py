"""The model in production on a night's holdout, as the night's history tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lineage.champion import Comparison, Figures

_FIGURES = ("Auc", "Difference", "DifferenceLower", "DifferenceUpper")


def parse(pinned: object, told: object) -> Comparison | None:
    """Of the night document's ``Champion`` and of ReadAuc's; None without the former."""
    if not isinstance(pinned, Mapping):
        return None
    found: Mapping[str, Any] = told if isinstance(told, Mapping) else {}
    return Comparison(
        package_arn=pinned.get("PackageArn"),
        figures=Figures(*(found[name] for name in _FIGURES)) if "Auc" in found else None,
        not_compared=pinned.get("NotComparable") or found.get("NotCompared"),
    )


def document(compared: Comparison | None) -> dict[str, Any] | None:
    """For programs, which find every member in it, if there was a champion."""
    if compared is None:
        return None
    figures = compared.figures
    return {
        "packageArn": compared.package_arn or "",
        "auc": figures.auc if figures else None,
        "difference": figures.difference if figures else None,
        "differenceLower": figures.lower if figures else None,
        "differenceUpper": figures.upper if figures else None,
        "notCompared": compared.not_compared or "",
    }


def columns(compared: Comparison | None) -> tuple[str, str]:
    """The champion and its AUC, ``v3 0.9512``, and the difference with its 95 % interval."""
    if compared is None or compared.figures is None:
        return "", ""
    title = f"v{compared.champion_version} {compared.figures.auc:.4f}"
    return title, compared.figures.shown_difference
