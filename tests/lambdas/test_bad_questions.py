"""Questions that cannot be answered: each gets a typed error that says what to do next."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from embedded_aws.instance import Instance
from lineage import errors
from lineage.clients import Clients
from lineage.vocabulary import Stage
from tests.lambdas.lineage_functions import CONTEXT, PRODUCTION, load, of_the_stack
from tests.lineage import builders
from tests.lineage.nights import DescribedJobs, StagedNight, stage_night

BUCKET, GROUP, OTHER_GROUP = "fraud", "fraud-classifier", "churn"
OURS = builders.sagemaker_arn(f"model-package/{GROUP}/7")
SCHEMA = r"Correct it by schema/query_lineage_event\.json"
SPELLING = r"give its version, as `nightly nights` shows it, or its ARN, arn:aws:sagemaker:<region>"
ANOTHER_STACK = r"ask the stack that registered it \(--stack\), in its account and region"
VERSIONS = rf"`nightly nights` shows .* list-model-packages --model-package-group-name {GROUP}` all"
SUBJECTS = r"give a data date \(2026-11-21\), the S3 URI of an input file or of a manifest"

PACKAGES = {
    "unknown version": (4711, "UnknownPackage", VERSIONS),
    "unknown version as a text": ("4711", "UnknownPackage", VERSIONS),
    "unknown version as a number of JSON": (4711.0, "UnknownPackage", VERSIONS),
    "unknown ARN": (OURS.replace("/7", "/4711"), "UnknownPackage", VERSIONS),
    "version that is huge": (10**40, "UnknownPackage", VERSIONS),
    "version that is longer than any ARN": ("9" * 600, "UnknownPackage", VERSIONS),
    "version 0": (0, "InvalidDocument", SCHEMA),
    "version 0 as a text": ("0", "UnknownPackage", VERSIONS),
    "negative version": (-1, "InvalidDocument", SCHEMA),
    "negative version as a text": ("-1", "InvalidPackage", SPELLING),
    "half a version": (1.5, "InvalidDocument", SCHEMA),
    "no value": (None, "InvalidDocument", SCHEMA),
    "truth": (True, "InvalidDocument", SCHEMA),
    "list": ([7], "InvalidDocument", SCHEMA),
    "empty text": ("", "InvalidPackage", rf"'' names no model package: {SPELLING}"),
    "blank": (" ", "InvalidPackage", SPELLING),
    "word": ("newest", "InvalidPackage", SPELLING),
    "date of a rejected night": ("2026-11-21", "InvalidPackage", "nightly impact` tells which"),
    "ARN without a version": (OURS.removesuffix("/7"), "InvalidPackage", SPELLING),
    "ARN with more behind": (f"{OURS}/", "InvalidPackage", SPELLING),
    "ARN with a blank": (f" {OURS}", "InvalidPackage", SPELLING),
    "ARN of an endpoint": (builders.sagemaker_arn("endpoint/fraud"), "InvalidPackage", SPELLING),
    "ARN of another account": (
        OURS.replace(builders.ACCOUNT, "210987654321"),
        "ForeignArn",
        ANOTHER_STACK,
    ),
    "ARN of another region": (
        OURS.replace(builders.REGION, "eu-west-1"),
        "ForeignArn",
        ANOTHER_STACK,
    ),
    "ARN of another partition": (
        OURS.replace("arn:aws:", "arn:aws-cn:"),
        "ForeignArn",
        ANOTHER_STACK,
    ),
    "ARN of another group": (OURS.replace(GROUP, OTHER_GROUP), "ForeignArn", ANOTHER_STACK),
    "ARN of a group that begins alike": (
        OURS.replace(GROUP, f"{GROUP}-2"),
        "ForeignArn",
        ANOTHER_STACK,
    ),
}

SUBJECTS_OF_NOTHING = {
    "empty text": "",
    "word": "yesterday",
    "blank": " ",
    "sentence": "which models used it?",
    "half a date": "2026-11",
    "date of no calendar": "2026-02-30",
    "date with a time": "2026-11-21T02:00:00Z",
    "date without hyphens": "20261121",
    "bucket": "s3://fraud",
    "other scheme": "https://fraud/labelled/dt=2026-11-21/part-0.parquet",
    "commit too short": "0123ab",
    "line break": "2026-11-21\n",
}

EVENTS = {
    "no object": ["explain", 7],
    "nothing": None,
    "no operation": {},
    "no operation but its fields": {"Package": 7},
    "unknown operation": {"Operation": "guess", "Package": 7},
    "operation in capitals": {"Operation": "EXPLAIN", "Package": 7},
    "explain without a package": {"Operation": "explain"},
    "diff with one side": {"Operation": "diff", "A": 7},
    "impact without a subject": {"Operation": "impact"},
    "impact of a number": {"Operation": "impact", "Subject": 20261121},
    "unknown field": {"Operation": "explain", "Package": 7, "Verbose": True},
    "field of another operation": {"Operation": "explain", "Package": 7, "Subject": "2026-11-21"},
    "audit of one package": {"Operation": "audit", "Package": 7},
    "budget of a time": {"Operation": "budget", "Time": "2026-11-21T02:00:00Z"},
}


@pytest.fixture(scope="module")
def ask(aws: Instance, client: Callable[[str], Any]) -> Callable[[Any], Any]:
    """Ask a stack that has version 7, in an account that has another group, too."""
    sagemaker, s3 = client("sagemaker"), client("s3")
    s3.create_bucket(Bucket=BUCKET)
    for group in (GROUP, OTHER_GROUP):
        sagemaker.create_model_package_group(ModelPackageGroupName=group)
    night = stage_night(s3, StagedNight(builders.a_night(bucket=BUCKET)))
    night.record_until(Stage.REGISTRATION, Clients(DescribedJobs(sagemaker, night), s3))
    function: ModuleType = load("query_lineage", aws, of_the_stack(GROUP, BUCKET))
    return lambda event: function.handler(event, CONTEXT)


@pytest.mark.parametrize("package", [7, "7", "v7", 7.0, OURS], ids=repr)
def test_version_7_is_explained(package: object, ask: Callable[[Any], Any]) -> None:
    """Else everything below would be refused for a reason of its own."""
    assert ask({"Operation": "explain", "Package": package})["Package"]["Arn"] == OURS


@pytest.mark.parametrize(("package", "error", "next_step"), PACKAGES.values(), ids=PACKAGES)
@pytest.mark.parametrize("question", ["explain", "diff"])
def test_a_package_that_cannot_be_explained(
    question: str, package: Any, error: str, next_step: str, ask: Callable[[Any], Any]
) -> None:
    asked = {"Package": package} if question == "explain" else {"A": 7, "B": package}
    with pytest.raises(getattr(errors, error), match=next_step):
        ask({"Operation": question, **asked})


@pytest.mark.parametrize("subject", SUBJECTS_OF_NOTHING.values(), ids=SUBJECTS_OF_NOTHING)
def test_a_subject_that_no_night_could_use(subject: str, ask: Callable[[Any], Any]) -> None:
    with pytest.raises(errors.InvalidSubject, match=SUBJECTS):
        ask({"Operation": "impact", "Subject": subject})


@pytest.mark.parametrize("package", ["7", "v7", OURS])
def test_a_package_is_no_subject(package: str, ask: Callable[[Any], Any]) -> None:
    with pytest.raises(errors.InvalidSubject, match=f"`nightly explain {package}` tells"):
        ask({"Operation": "impact", "Subject": package})


@pytest.mark.parametrize("where", ["us-east-1:210987654321", "eu-west-1:123456789012"])
def test_a_job_that_cannot_be_a_nights(where: str, ask: Callable[[Any], Any]) -> None:
    """That nothing used it would be true, and mislead whoever asks the wrong stack."""
    job = f"arn:aws:sagemaker:{where}:training-job/retrain-train-20261121-0123abcd-r0-a0-t0"
    with pytest.raises(errors.ForeignArn, match="ask the stack that ran it"):
        ask({"Operation": "impact", "Subject": job})


@pytest.mark.parametrize(
    ("event", "error", "complaint"),
    [
        ({"Operation": "asof", "Time": ""}, "InvalidTime", "'' is no instant"),
        ({"Operation": "asof", "Time": "2026-11-21"}, "InvalidTime", "T00:00:00Z if it is UTC"),
        (
            {"Operation": "asof", "Time": "2026-10-21T08:00:00Z", "Endpoint": ""},
            "UnknownEndpoint",
            f"'' is none of the stack's endpoints.*ask about one of these: .*{PRODUCTION}",
        ),
        (
            {"Operation": "asof", "Time": "2026-10-21T08:00:00Z", "Endpoint": PRODUCTION},
            "BeforeFirstDeployment",
            f"to {PRODUCTION} yet: ask again after its first rollout",
        ),
        ({"Operation": "plan", "Execution": ""}, "InvalidExecution", "'' is no execution"),
    ],
    ids=["no time", "date alone", "no endpoint", "the stack's endpoint", "no execution"],
)
def test_what_names_no_time_endpoint_or_execution(
    event: dict[str, str], error: str, complaint: str, ask: Callable[[Any], Any]
) -> None:
    with pytest.raises(getattr(errors, error), match=complaint):
        ask(event)


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_an_event_of_another_shape(event: Any, ask: Callable[[Any], Any]) -> None:
    with pytest.raises(errors.InvalidDocument, match=SCHEMA):
        ask(event)
