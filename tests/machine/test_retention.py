"""Retention on the deployed application, under the role that its template gives it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from lineage.shelf import Shelf
from ops.night import Night
from tests.machine.application import Application, generate_night

pytestmark = pytest.mark.slow

OLDEST, NEXT = date(1999, 6, 15), date(2000, 6, 15)


def test_the_oldest_night_is_pruned_and_still_explained(
    application: Application, tmp_path: Path
) -> None:
    # The next night takes the candidate endpoint, so that nothing serves the oldest one's package.
    oldest, _ = (_night(application, day, tmp_path / str(day)) for day in (OLDEST, NEXT))
    application.aws.advance_to(application.now() + timedelta(minutes=15))
    shelf = Shelf(application.client("s3"), application.outputs["BucketName"])
    held = [it for it in shelf.folders() if it.stages and not it.is_pruned]
    event = {"RetentionNights": len(held) - 1}
    done = application.invoke("PruneLineageFunction", event)
    assert (len(done["Pruned"]), done["Refused"], done["Serving"]) == (1, {}, [])
    (pruned,) = (it for it in shelf.folders() if it.run_id in done["Pruned"])
    assert pruned.data_date == OLDEST.isoformat()
    question = {"Operation": "explain", "Package": oldest.package_arn}
    package = shelf.read(pruned).graph
    assert oldest.package_arn in {it.source_uri for it in package.entities.values()}
    assert application.invoke("QueryLineageFunction", question)["AnsweredFrom"] == "Record"


def _night(application: Application, data_date: date, folder: Path) -> Night:
    folder.mkdir()
    generate_night(folder, data_date)
    application.deliver(folder)
    night = application.run({"DataDate": data_date.isoformat(), "AllowMissingPartitions": True})
    assert night.package_arn
    return night
