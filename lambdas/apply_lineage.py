"""ApplyLineage: writes to SageMaker's graph what it lacks of a night that is on record."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from lineage.queries.executions import find_night
from lineage.records.shelf import Shelf
from lineage.repair import repair
from lineage.schema import require_valid
from night.lineage_clients import lineage_clients, patience

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

LOG = Logger(service="apply_lineage")
CLIENTS = lineage_clients()
SHELF = Shelf(CLIENTS.s3, os.environ["BUCKET"])


@LOG.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Repair the night of an event by schema/apply_lineage_event.json; safe to repeat."""
    require_valid(event, "apply_lineage_event")
    with patience(context):
        done = repair(CLIENTS, SHELF, find_night(SHELF, event["Execution"]))
    LOG.info("applied", run_id=done["RunId"], calls=len(done["Calls"]), findings=done["Findings"])
    return done
