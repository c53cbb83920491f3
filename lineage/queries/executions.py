"""Executions of the retrain workflow: which night on record a question means by one."""

from __future__ import annotations

import re

from lineage import names
from lineage.errors import ForeignArn, InvalidExecution, UnknownExecution
from lineage.parallel import map_parallel
from lineage.records.folder import Folder
from lineage.records.shelf import Shelf

_NAME = r"[a-zA-Z0-9_-]{1,80}"
_EXECUTION = re.compile(rf"(arn:aws[a-z-]*:states:[a-z0-9-]+:\d{{12}}:execution:{_NAME}:)?{_NAME}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def find_night(shelf: Shelf, execution: str) -> Folder:
    """The night that an execution made.

    Executions bear their data date, unless somebody started one by hand: then all are read.

    Args:
        shelf: The records of the stack.
        execution: An execution's name or ARN, or the run id of a night.

    Raises:
        InvalidExecution: it has the shape of none of these, or means several nights.
        ForeignArn: it is of another account or region, or of a machine that made no night here.
        UnknownExecution: no night on record was made by it.
    """
    if not _EXECUTION.fullmatch(execution):
        raise InvalidExecution(
            f"{execution!r} is no execution: give its name, as `nightly nights` shows it, its ARN,"
            " or the run id of a night."
        )
    date = _DATE.match(execution.rpartition(":")[2])
    found = date and _made_by(shelf, f"lineage/dt={date[0]}/", execution)
    found = found or _made_by(shelf, "lineage/dt=", execution)
    if not found:
        _refuse_foreign(shelf, execution)
    return _only(found, execution)


def _made_by(shelf: Shelf, below: str, execution: str) -> list[Folder]:
    folders = [it for it in shelf.folders(below) if it.is_recorded]
    by_run_id = [it for it in folders if it.run_id == execution]
    if by_run_id:
        return by_run_id
    arns = map_parallel(lambda folder: _execution_arn(shelf, folder), folders)
    return [
        folder
        for folder, arn in zip(folders, arns, strict=True)
        if execution in (arn, arn.rpartition(":")[2])
    ]


def _execution_arn(shelf: Shelf, folder: Folder) -> str:
    """By whichever record reads: what is wrong with the others is for the answer to tell."""
    night = shelf.read_what_reads(folder)
    if not (night.record or night.failures):
        night.require_readable()
    arn: str = night.night["ExecutionArn"]
    return arn


def _refuse_foreign(shelf: Shelf, execution: str) -> None:
    recorded = shelf.recorded()
    if not recorded or not execution.startswith("arn:"):
        return
    ours = names.state_machine_arn(_execution_arn(shelf, recorded[-1]))
    if names.state_machine_arn(execution) != ours:
        raise ForeignArn(
            f"{execution} made no night on record here, where the last one is of {ours}: ask the"
            " stack of its machine (--stack), in its account and region"
        )


def _only(found: list[Folder], execution: str) -> Folder:
    if not found:
        raise UnknownExecution(
            f"No night on record was made by {execution}: it recorded nothing yet, or there is no"
            " such execution. `nightly nights` lists them."
        )
    if len(found) > 1:
        # A stack that is made anew repeats the ARNs of the one before.
        runs = ", ".join(folder.run_id for folder in found)
        raise InvalidExecution(f"{execution} made several nights: give the run id of one, {runs}.")
    return found[0]
