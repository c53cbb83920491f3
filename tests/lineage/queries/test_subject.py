from __future__ import annotations

import pytest

from lineage.errors import InvalidSubject
from lineage.queries.subject import Kind, Subject
from lineage.records.folder import Folder
from tests.lineage import builders

FILE = "s3://fraud/labelled/dt=2026-11-21/part-0.parquet"
JOB = "nightly-train-20261121-0a1b2c3d-r0-a0-t0"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2026-11-21", Kind.DATA_DATE),
        (FILE, Kind.OBJECT),
        ("0" * 64, Kind.DIGEST),
        ("0123abc", Kind.COMMIT),
        (f"{'0' * 40}-dirty", Kind.COMMIT),
        (builders.IMAGE_URI, Kind.IMAGE),
        (f"sha256:{'1d' * 32}", Kind.IMAGE),
        (JOB, Kind.JOB),
        (builders.sagemaker_arn(f"training-job/{JOB}"), Kind.JOB),
        ("20261121-0a1b2c3d", Kind.RUN),
    ],
)
def test_a_subject_is_told_by_its_shape(text: str, kind: Kind) -> None:
    assert Subject.parse(text) == Subject(kind, text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "two words",
        "arn:aws:s3:::bucket",
        "s3://bucket",
        "labelled/dt=2026-11-10/part-0.parquet",
    ],
)
def test_what_has_no_such_shape_is_refused_with_what_there_is(text: str) -> None:
    with pytest.raises(InvalidSubject, match="give a data date"):
        Subject.parse(text)


@pytest.mark.parametrize(
    "text", ["7", "v7", "4711", builders.sagemaker_arn("model-package/fraud-classifier/7")]
)
def test_a_package_is_refused_with_the_question_that_is_meant(text: str) -> None:
    with pytest.raises(InvalidSubject, match=rf"`nightly explain {text}` tells"):
        Subject.parse(text)


@pytest.mark.parametrize("text", ["2026-11-21", FILE])
def test_later_data_concerns_no_earlier_night(text: str) -> None:
    subject = Subject.parse(text)
    assert [subject.may_concern(folder(date)) for date in ("2026-11-20", "2026-11-21")] == [
        False,
        True,
    ]


@pytest.mark.parametrize("text", [JOB, "20261121-0a1b2c3d"])
def test_a_job_concerns_the_night_that_is_in_its_name_and_a_run_its_own(text: str) -> None:
    subject = Subject.parse(text)
    assert subject.may_concern(folder("2026-11-21", "20261121-0a1b2c3d"))
    assert not subject.may_concern(folder("2026-11-21", "20261121-ffffffff"))


def test_an_image_may_concern_every_night_whose_record_names_it() -> None:
    subject = Subject.parse(builders.IMAGE_URI)
    assert subject.may_concern(folder("1999-01-01"))
    assert subject.mention == builders.IMAGE_URI


def test_what_json_escapes_is_looked_for_as_it_stands_in_a_record() -> None:
    assert Subject.parse('s3://fraud/a"b').mention == r"s3://fraud/a\"b"


def folder(data_date: str, run_id: str = "20261121-0a1b2c3d") -> Folder:
    return Folder(data_date, run_id, "", frozenset(["featurise"]))
