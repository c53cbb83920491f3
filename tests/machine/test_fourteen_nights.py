"""Fourteen nights with all defaults, started by the scheduler, on generated transactions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from demo.local_aws import ROOT
from demo.settings import Settings, scheduled_time
from demo.transactions import write_partitions
from docs.generate import block
from lineage.rendering.explanation import as_text
from ops.night import Night
from ops.nights import last_nights
from tests.machine.application import STACK_NAME, Application, deployed
from tests.machine.fortnight import Fortnight
from tests.machine.golden import require_golden
from tests.machine.lineage_index import LineageIndex, of_run, of_type, steps_upstream
from tests.machine.notices import Notices

pytestmark = pytest.mark.slow

NIGHTS = 14
LOOKBACK_DAYS = 57
README = (ROOT / "README.md").read_text()
DEPLOYMENT = timedelta(minutes=30)
"""The last endpoint update is through by then."""
LEGAL_JOB_NAME = r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}"
PARAMETERS = json.loads((ROOT / "schema" / "night.json").read_text())["properties"]
THRESHOLD = PARAMETERS["AucThreshold"]["default"]
MODE = PARAMETERS["GateMode"]["default"]


@pytest.fixture(scope="module")
def fortnight(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fortnight]:
    settings = Settings.from_variables({})
    scratch = tmp_path_factory.mktemp("fourteen-nights")
    write_partitions(scratch, settings.first_partition, settings.data_dates[-1])

    def by_sam(application: Application) -> None:
        application.deploy({"CodeCommit": "c0ffee"})

    with deployed(project, scratch, settings.clock_start, by_sam) as application:
        application.deliver(scratch)
        notices = Notices(application)
        for data_date in settings.data_dates:
            application.aws.advance_to(scheduled_time(data_date))
        application.aws.advance_to(application.now() + DEPLOYMENT)
        yield Fortnight(
            application,
            last_nights(
                application.client("stepfunctions"), application.outputs["StateMachineArn"], 100
            ),
            scratch,
            application.jobs(),
            LineageIndex(application.client("sagemaker")),
            notices.received(),
        )


def test_the_scheduler_started_one_night_a_day_named_by_its_data_date(
    fortnight: Fortnight,
) -> None:
    data_dates = Settings.from_variables({}).data_dates
    assert [night.name for night in fortnight.nights] == [str(date) for date in data_dates]
    assert [night.started.replace(microsecond=0) for night in fortnight.nights] == [
        scheduled_time(date) for date in data_dates
    ]


def test_every_night_succeeded_at_its_first_attempt(fortnight: Fortnight) -> None:
    assert {(night.status, night.retries) for night in fortnight.nights} == {("SUCCEEDED", 0)}


def test_most_nights_reach_the_threshold_and_at_least_two_do_not(fortnight: Fortnight) -> None:
    assert len(fortnight.registered) > NIGHTS / 2
    assert len(fortnight.rejected) >= 2


def test_a_night_deployed_if_and_only_if_it_registered_if_and_only_if_it_passed(
    fortnight: Fortnight,
) -> None:
    passed = {night.name for night in fortnight.nights if (night.auc or 0) >= THRESHOLD}
    registered = {night.name for night in fortnight.nights if entered(night, "RecordRegistration")}
    deployed = {night.name for night in fortnight.nights if entered(night, "TriggerDeploy")}
    assert passed == registered == deployed == {night.name for night in fortnight.registered}


def entered(night: Night, state: str) -> bool:
    return any(step.name == state for step in night.steps)


def test_the_registry_holds_the_packages_of_the_nights_that_passed_and_no_other(
    fortnight: Fortnight,
) -> None:
    packages = [night.package_arn for night in fortnight.registered]
    assert sorted(fortnight.application.packages()) == sorted(packages)
    assert [night.package_version for night in fortnight.registered] == list(
        range(1, len(packages) + 1)
    )


def test_the_candidate_endpoint_was_given_each_package_and_serves_the_last(
    fortnight: Fortnight,
) -> None:
    sagemaker = fortnight.application.client("sagemaker")
    endpoint = fortnight.application.outputs["CandidateEndpointName"]
    configs = sagemaker.list_endpoint_configs(MaxResults=100, SortOrder="Ascending")
    given = [it["EndpointConfigName"] for it in configs["EndpointConfigs"]]
    versions = [f"{endpoint}-v{night.package_version}" for night in fortnight.registered]
    assert [name.rpartition("-")[0] for name in given] == versions
    described = sagemaker.describe_endpoint(EndpointName=endpoint)
    assert (described["EndpointStatus"], described["EndpointConfigName"]) == (
        "InService",
        given[-1],
    )


@pytest.mark.parametrize("decision", ["registered", "rejected"])
def test_a_night_goes_the_known_way(fortnight: Fortnight, decision: str) -> None:
    night = next(it for it in fortnight.nights if it.decision == decision)
    require_golden(decision, fortnight.application.history(night))


def test_a_rejected_night_has_its_decision_on_record(fortnight: Fortnight) -> None:
    for night in fortnight.rejected:
        records = fortnight.records(night)
        assert set(records) == {"Featurise", "Training", "Evaluation"}
        actions = records["Evaluation"]["Graph"]["Actions"]
        (told,) = [it["Properties"] for it in actions if it["Type"] == "NightlyRetrain"]
        assert told["Decision"] == "Rejected"
        assert float(told["Auc"]) == night.auc


def test_a_rejected_night_has_its_lineage_and_decision_in_the_index(fortnight: Fortnight) -> None:
    for night in fortnight.rejected:
        run_id = fortnight.run_id(night)
        (action,) = [
            it
            for it in fortnight.index.actions.values()
            if it["ActionType"] == "NightlyRetrain" and it["Properties"]["RunId"] == run_id
        ]
        told = action["Properties"]
        assert (action["Status"], told["Decision"]) == ("Completed", "Rejected")
        assert (float(told["Auc"]), float(told["AucThreshold"])) == (night.auc, THRESHOLD)
        types = {it["ActionType"] for it in own(fortnight.index.actions, run_id)}
        assert types == {"ProcessingJob", "TrainingJob", "Evaluation", "NightlyRetrain"}


def own(entities: Mapping[str, dict[str, Any]], run_id: str) -> list[dict[str, Any]]:
    return [entities[arn] for arn in of_run(entities, run_id)]


def test_explain_names_the_data_as_it_was_delivered(fortnight: Fortnight) -> None:
    night = fortnight.registered[-1]
    dataset = fortnight.explain(night)["Dataset"]
    last = datetime.fromisoformat(night.data_date).date()
    days = [last - timedelta(days=n) for n in range(LOOKBACK_DAYS + 1)]
    files = [fortnight.transactions / f"dt={day}" / "part-0.parquet" for day in days]
    assert (dataset["FirstPartition"], dataset["LastPartition"]) == (str(days[-1]), str(last))
    assert dataset["Objects"] == len(files)
    assert dataset["Bytes"] == sum(file.stat().st_size for file in files)
    assert dataset["Rows"] == sum(pq.ParquetFile(file).metadata.num_rows for file in files)
    assert f"/datasets/{dataset['Digest']}/" in dataset["ManifestUri"]


def test_explain_names_the_jobs_that_ran_and_all_hyperparameters(fortnight: Fortnight) -> None:
    defaults = PARAMETERS["Hyperparameters"]["default"]
    for night in fortnight.registered:
        answer = fortnight.explain(night)
        jobs = {it.get("ProcessingJobArn", it.get("TrainingJobArn")): it for it in fortnight.jobs}
        featurise = jobs[answer["ProcessingJob"]["Arn"]]
        training = jobs[answer["TrainingJob"]["Arn"]]
        inputs = {it["InputName"]: it["S3Input"]["S3Uri"] for it in featurise["ProcessingInputs"]}
        assert inputs["source"] == answer["Dataset"]["ManifestUri"]
        assert inputs["code"] == answer["Code"]["Uri"]
        assert answer["Hyperparameters"] == training["HyperParameters"] == defaults
        assert answer["Model"]["Uri"] == training["ModelArtifacts"]["S3ModelArtifacts"]
        assert answer["Image"]["Uri"] == training["AlgorithmSpecification"]["TrainingImage"]
        assert jobs[answer["Evaluation"]["Job"]["Arn"]]["ProcessingJobStatus"] == "Completed"


def test_explain_names_evaluation_decision_code_and_execution(fortnight: Fortnight) -> None:
    for night in fortnight.registered:
        answer = fortnight.explain(night)
        decided = {"Outcome": "Passed", "Auc": night.auc, "Threshold": THRESHOLD, "Mode": MODE}
        assert answer["Package"]["Arn"] == night.package_arn
        assert answer["Evaluation"]["Auc"] == night.auc
        assert answer["Decision"] == decided
        assert answer["Night"]["ExecutionArn"] == night.execution_arn
        assert answer["Night"]["DataDate"] == night.data_date
        assert answer["Code"]["Commit"] == "c0ffee"
        assert f"/code/{answer['Code']['Digest']}/" in answer["Code"]["Uri"]
        assert answer["AnsweredFrom"] == "Index"


def test_five_edges_lead_from_a_package_back_to_its_source_data(fortnight: Fortnight) -> None:
    index = fortnight.index
    for night in fortnight.registered:
        package = index.artifact_of(night.package_arn)
        source = index.artifact_of(fortnight.explain(night)["Dataset"]["ManifestUri"])
        assert steps_upstream(index.edges, package, source) == 5


def test_a_package_descends_from_no_other_nights_data(fortnight: Fortnight) -> None:
    for night in fortnight.registered:
        ancestors = fortnight.index.ancestors(fortnight.index.artifact_of(night.package_arn))
        artifacts = [fortnight.index.artifacts.get(it["Arn"]) for it in ancestors]
        uris = [it["Source"]["SourceUri"] for it in artifacts if it is not None]
        own_folder = f"/runs/dt={night.data_date}/{fortnight.run_id(night)}/"
        assert [uri for uri in uris if "/runs/" in uri and own_folder not in uri] == []
        manifests = [uri for uri in uris if uri.endswith("/manifest.json")]
        assert manifests == [fortnight.explain(night)["Dataset"]["ManifestUri"]]


def test_a_night_stays_within_its_budget_of_lineage_entities(fortnight: Fortnight) -> None:
    index = fortnight.index
    shared = of_type(index.contexts, ["Workflow", "Endpoint"])
    for night in fortnight.nights:
        run_id = fortnight.run_id(night)
        actions, artifacts = of_run(index.actions, run_id), of_run(index.artifacts, run_id)
        source = {it for it, to in index.edges if to in actions} & sources(index)
        ours = actions | artifacts | source
        associations = [
            edge for edge in index.edges if edge[0] in ours and edge[1] in ours | shared
        ]
        assert len(source) == 1
        assert len(actions) <= 6
        assert len(artifacts | source) <= 7
        assert len(associations) <= 16


def sources(index: LineageIndex) -> set[str]:
    return {arn for arn, it in index.artifacts.items() if "Digest" in it.get("Properties", {})}


def test_no_night_adds_a_context(fortnight: Fortnight) -> None:
    types = sorted(it["ContextType"] for it in fortnight.index.contexts.values())
    assert types == ["Endpoint", "ModelGroup", "Workflow"]


def test_job_names_are_legal_and_unique(fortnight: Fortnight) -> None:
    names = [it.get("ProcessingJobName", it.get("TrainingJobName", "")) for it in fortnight.jobs]
    assert len(names) == len(set(names)) == 3 * NIGHTS
    assert [name for name in names if not re.fullmatch(LEGAL_JOB_NAME, name)] == []
    assert [name for name in names if name != name.lower()] == []


def test_whatever_sagemaker_dates_lies_in_the_hour_of_a_night(fortnight: Fortnight) -> None:
    sagemaker, index = fortnight.application.client("sagemaker"), fortnight.index
    endpoint = fortnight.application.outputs["CandidateEndpointName"]
    described = [
        *fortnight.jobs,
        *(
            sagemaker.describe_model_package(ModelPackageName=night.package_arn)
            for night in fortnight.registered
        ),
        sagemaker.describe_endpoint(EndpointName=endpoint),
        *index.actions.values(),
        *index.artifacts.values(),
        *(it for it in index.contexts.values() if it["ContextType"] != "ModelGroup"),
        *index.associations,
    ]
    instants = set(dated(described))
    starts = [night.started for night in fortnight.nights]
    strays = [
        instant
        for instant in instants
        if not any(start <= instant <= start + timedelta(hours=1) for start in starts)
    ]
    assert instants
    assert strays == []


def dated(value: object) -> Iterable[datetime]:
    """Every instant in a description, however deep."""
    if isinstance(value, datetime):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from dated(member)
    elif isinstance(value, list):
        for item in value:
            yield from dated(item)


def test_the_readme_shows_these_nights(fortnight: Fortnight) -> None:
    """Durations are the machine's; what was decided, and on which AUC, is everybody's."""
    rows = [line.split() for line in block(README, "nights").splitlines()]
    shown = [row for row in rows if row[:1] and re.fullmatch(r"\d{4}-\d\d-\d\d", row[0])]
    told = [night_columns(night) for night in fortnight.nights]
    assert [row[:2] + row[3:4] for row in shown] == [row[:2] + row[3:] for row in told]
    assert [float(row[2]) for row in shown] == pytest.approx(
        [float(row[2]) for row in told], abs=0.005
    )


def night_columns(night: Night) -> list[str]:
    return [night.data_date, night.status, f"{night.auc:.4f}", night.decision]


def test_the_readme_explains_a_package_as_the_command_does(fortnight: Fortnight) -> None:
    """Line by line the same headings; digests, run ids and sizes are each run's own."""
    newest = fortnight.explain(fortnight.registered[-1])
    shown = block(README, "explain").splitlines()
    assert headings(shown) == headings(as_text(newest).splitlines())


def test_two_nights_differ_by_the_days_that_came_and_went(fortnight: Fortnight) -> None:
    one, other = fortnight.registered[-2:]
    found = fortnight.ask("diff", A=one.package_arn, B=other.package_arn)
    assert found["Causes"] == ["Data"]
    objects = found["SourceObjects"]
    came = [uri for uri in objects["OnlyInB"] if f"dt={other.data_date}/" in uri]
    assert len(came) == 1
    assert len(objects["OnlyInA"]) == len(objects["OnlyInB"])
    assert objects["Rewritten"] == []
    assert found["Metrics"]["Auc"] == {"A": one.auc, "B": other.auc}


def test_a_data_date_touched_every_night_whose_windows_hold_it(fortnight: Fortnight) -> None:
    """Its role moves from the holdout into the gap of the label delay as the nights go on."""
    first = fortnight.nights[0].data_date
    found = fortnight.ask("impact", Subject=first)
    assert [night["DataDate"] for night in found["Nights"]] == [
        night.data_date for night in fortnight.nights
    ]
    roles = [night["Roles"] for night in found["Nights"]]
    assert roles == [["holdout"]] * 7 + [["lookback"]] * 7
    assert found["Packages"] == [night.package_arn for night in fortnight.registered]


def test_fourteen_nights_audit_clean(fortnight: Fortnight) -> None:
    found = fortnight.ask("audit")
    assert found["Clean"], found
    assert len(found["Nights"]) == len(fortnight.nights)
    assert {each["Index"] for each in found["Packages"]} == {"Whole"}


def test_the_candidate_served_each_registered_package_until_the_next_one_came(
    fortnight: Fortnight,
) -> None:
    endpoint = fortnight.application.outputs["CandidateEndpointName"]
    image = fortnight.explain(fortnight.registered[0])["Image"]["Uri"]
    nights = fortnight.ask("impact", Subject=image)["Nights"]
    # A poll may have seen traffic move.
    spans = [span for night in nights for span in night["Served"] if "Partly" not in span]
    assert [it.get("Until") for it in spans] == [*(it["From"] for it in spans[1:]), None]
    assert {it["EndpointName"] for it in spans} == {endpoint}
    for span, night in zip(spans, fortnight.registered, strict=True):
        (found,) = fortnight.ask("asof", Time=span["From"], Endpoint=endpoint)["Endpoints"]
        assert (found["PackageArn"], found["Trigger"]) == (night.package_arn, "Night")
        assert found["Deployment"] == span["Deployment"]


@pytest.mark.parametrize("position", [0, -1])
def test_recording_a_night_again_would_add_nothing(position: int, fortnight: Fortnight) -> None:
    """Neither to what is ours, nor to what SageMaker made first and we adopted."""
    night = fortnight.nights[position]
    assert fortnight.ask("plan", Execution=night.execution_arn)["Calls"] == []


def headings(lines: Iterable[str]) -> list[str]:
    return [line.split()[0] for line in lines if re.match(r" {0,2}[a-z]+ ", line)]


def test_each_rejected_night_is_told_of_and_no_other(fortnight: Fortnight) -> None:
    told = [it["Subject"] for it in fortnight.notices if "Subject" in it and "AUC" in it["Subject"]]
    expected = {f"{STACK_NAME}-retrain {night.data_date} rejected" for night in fortnight.rejected}
    assert {subject.partition(":")[0] for subject in told} == expected
    assert len(told) == len(expected) > 0


def test_cloudwatch_has_the_auc_of_each_night_and_the_seconds_and_retries_of_each_job(
    fortnight: Fortnight,
) -> None:
    aucs = [night.auc for night in fortnight.nights if night.auc is not None]
    told = statistics(fortnight, "Auc", "service", "read_auc")
    assert (told["Minimum"], told["Maximum"]) == pytest.approx((min(aucs), max(aucs)))
    for state in ("Featurise", "TrainXGB", "Evaluate"):
        assert statistics(fortnight, "JobSeconds", "Step", state)["SampleCount"] == NIGHTS
        assert statistics(fortnight, "JobRetries", "Step", state)["Maximum"] == 0


def statistics(fortnight: Fortnight, metric: str, dimension: str, value: str) -> dict[str, float]:
    """What CloudWatch makes of a metric over all nights."""
    application = fortnight.application
    found = application.client("cloudwatch").get_metric_statistics(
        Namespace=STACK_NAME,
        MetricName=metric,
        Dimensions=[{"Name": dimension, "Value": value}],
        StartTime=application.now() - timedelta(days=30),
        EndTime=application.now() + timedelta(days=30),
        Period=int(timedelta(days=365).total_seconds()),
        Statistics=["Minimum", "Maximum", "SampleCount"],
    )
    (datapoint,) = found["Datapoints"]
    return dict(datapoint)
