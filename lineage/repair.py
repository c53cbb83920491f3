"""Carries out what a plan tells: SageMaker's graph gets what a night has on record and it lacks."""

from __future__ import annotations

from typing import Any

from lineage.clients import Clients
from lineage.completion import complete_night
from lineage.plan import plan
from lineage.records.folder import Folder
from lineage.records.shelf import Shelf
from lineage.reinstatement import reinstate, reinstate_listed, restore

SCHEMA_VERSION = 2


def repair(clients: Clients, shelf: Shelf, folder: Folder) -> dict[str, Any]:
    """Write what SageMaker's graph lacks of a night; a pruned one is back until it is pruned again.

    Nothing, but what was found, if a record is not the one that was noted.

    Returns:
        A document by schema/apply.json.

    Raises:
        InvalidDocument: a record cannot be read.
        LineageQuotaExceeded: the account has no room for it.
        LineageNotReady: the graph does not show all of it yet; a retry may find it.
    """
    planned = plan(clients.sagemaker, shelf, folder)
    if not planned["Findings"]:
        _write(clients, shelf, folder)
    left = plan(clients.sagemaker, shelf, folder)["Calls"] if planned["Calls"] else []
    return {**planned, "SchemaVersion": SCHEMA_VERSION, "Left": left}


def _write(clients: Clients, shelf: Shelf, folder: Folder) -> None:
    night = shelf.bucket, folder.data_date, folder.run_id
    if folder.is_pruned or folder.is_being_pruned:
        reinstate(clients, *night)
    else:
        restore(clients, folder, shelf.read(folder))
    # Retention may have turned to it meanwhile.
    reinstate_listed(clients, shelf.bucket, complete_night(clients, *night))
