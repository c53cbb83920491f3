"""How nights ended that Step Functions has forgotten: their lineage records say it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from os.path import commonprefix

from lineage.records.folder import Folder
from lineage.records.shelf import Shelf
from lineage.vocabulary import Decision, Stage
from ops.backfill.plan import Standing


def recorded(shelf: Shelf, data_dates: Collection[str]) -> Mapping[str, Standing]:
    """Those of some data dates that have a record, and how their night ended."""
    found: dict[str, Standing] = {}
    for folder in shelf.folders(f"lineage/dt={_common(data_dates)}") if data_dates else ():
        if folder.data_date in data_dates and found.get(folder.data_date) != Standing.SUCCEEDED:
            found[folder.data_date] = _end(shelf, folder)
    return found


def _common(texts: Collection[str]) -> str:
    """What all of them begin with."""
    return commonprefix([min(texts), max(texts)])  # noqa: RUF071  # parts of keys, not paths


def _end(shelf: Shelf, folder: Folder) -> Standing:
    """Registered, or rejected by the gate: both are ends that a night is meant to have."""
    if Stage.REGISTRATION in folder.stages:
        return Standing.SUCCEEDED
    decision = shelf.read(folder).decision
    return Standing.SUCCEEDED if decision is Decision.REJECTED else Standing.FAILED
