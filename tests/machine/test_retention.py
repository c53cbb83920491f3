"""Retention on the deployed application, under the role that its template gives it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lineage.names import record_uri
from lineage.records.archive import location
from lineage.records.folder import Folder
from lineage.records.shelf import Shelf
from lineage.retention import due
from ops.night import Night
from tests.machine.application import Application, generate_night

pytestmark = pytest.mark.slow

OLDEST, NEXT = date(1999, 6, 15), date(2000, 6, 15)


@dataclass(frozen=True)
class Pruned:
    """A night that SageMaker's graph has lost."""

    night: Night
    folder: Folder
    shelf: Shelf


@pytest.fixture(scope="module")
def pruned(application: Application, tmp_path_factory: pytest.TempPathFactory) -> Pruned:
    scratch = tmp_path_factory.mktemp("pruned")
    # The next night takes the candidate endpoint, so that nothing serves the oldest one's package.
    oldest, _ = (_night(application, day, scratch / str(day)) for day in (OLDEST, NEXT))
    application.aws.advance_to(application.now() + timedelta(minutes=15))
    shelf = Shelf(application.client("s3"), application.outputs["BucketName"])
    done = _prune_oldest(application, shelf)
    assert (len(done["Pruned"]), done["Refused"], done["Serving"]) == (1, {}, [])
    (folder,) = (it for it in shelf.folders() if it.run_id in done["Pruned"])
    return Pruned(oldest, folder, shelf)


def test_the_oldest_night_is_pruned_and_still_explained(
    application: Application, pruned: Pruned
) -> None:
    assert pruned.folder.data_date == OLDEST.isoformat()
    question = {"Operation": "explain", "Package": pruned.night.package_arn}
    graph = pruned.shelf.read(pruned.folder).graph
    assert pruned.night.package_arn in {it.source_uri for it in graph.entities.values()}
    assert application.invoke("QueryLineageFunction", question)["AnsweredFrom"] == "Record"


def test_no_record_of_it_can_be_deleted(application: Application, pruned: Pruned) -> None:
    """The stack of these tests has an ObjectLockDays."""
    s3 = application.client("s3")
    for title in pruned.folder.titles:
        record = location(record_uri(pruned.folder.uri, title))
        version = s3.head_object(**record)["VersionId"]
        with pytest.raises(ClientError, match="AccessDenied"):
            s3.delete_object(**record, VersionId=version)


def test_what_is_applied_is_back_until_the_next_retention(
    application: Application, pruned: Pruned
) -> None:
    done = application.invoke("ApplyLineageFunction", {"Execution": pruned.folder.run_id})
    assert (done["Pruned"], done["Findings"], done["Left"]) == (True, [], [])
    question = {"Operation": "explain", "Package": pruned.night.package_arn}
    assert application.invoke("QueryLineageFunction", question)["AnsweredFrom"] == "Index"
    assert _prune_oldest(application, pruned.shelf)["Pruned"] == [pruned.folder.run_id]


def _prune_oldest(application: Application, shelf: Shelf) -> dict[str, Any]:
    event = {"RetentionNights": len(due(shelf.folders(), keep_nights=0)) - 1}
    done: dict[str, Any] = application.invoke("PruneLineageFunction", event)
    return done


def _night(application: Application, data_date: date, folder: Path) -> Night:
    folder.mkdir()
    generate_night(folder, data_date)
    application.deliver(folder)
    night = application.run({"DataDate": data_date.isoformat(), "AllowMissingPartitions": True})
    assert night.package_arn
    return night
