"""The unmodified AWS command line on a running application."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from demo.local_aws import ROOT
from ops.night import Night
from tests.machine.application import Application, generate_night
from tests.machine.lineage_index import steps_upstream

pytestmark = pytest.mark.slow

AWS = ROOT / ".venv-sam" / "bin" / "aws"


@pytest.fixture(scope="module")
def night(
    application: Application,
    unused_date: Callable[[], Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> Night:
    """A registered night."""
    folder, data_date = tmp_path_factory.mktemp("night"), unused_date()
    generate_night(folder, data_date)
    application.deliver(folder)
    return application.run({"DataDate": data_date.isoformat(), "AllowMissingPartitions": True})


@pytest.fixture
def aws(application: Application, tmp_path: Path) -> Callable[..., Any]:
    """Run a command of the CLI as a user with an empty configuration; return what it prints."""
    variables = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "AWS_PAGER": "",
        **application.aws.variables,
    }

    def run(*arguments: str) -> Any:
        finished = subprocess.run(
            [AWS, *arguments, "--output", "json"],
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert finished.returncode == 0, finished.stderr
        return json.loads(finished.stdout)

    return run


def test_it_lists_the_executions(
    application: Application, night: Night, aws: Callable[..., Any]
) -> None:
    machine = application.outputs["StateMachineArn"]
    listed = aws("stepfunctions", "list-executions", "--state-machine-arn", machine)
    executions = {it["executionArn"]: it["status"] for it in listed["executions"]}
    assert executions[night.execution_arn] == "SUCCEEDED"


def test_it_reads_a_history_backwards_page_by_page(
    application: Application, night: Night, aws: Callable[..., Any]
) -> None:
    command = "stepfunctions", "get-execution-history", "--execution-arn", night.execution_arn
    first = aws(*command, "--reverse-order", "--page-size", "7", "--max-items", "10")
    rest = aws(*command, "--reverse-order", "--starting-token", first["NextToken"])
    whole = application.client("stepfunctions").get_execution_history(
        executionArn=night.execution_arn, maxResults=1000
    )["events"]
    backwards = [(it["id"], it["type"]) for page in (first, rest) for it in page["events"]]
    assert len(first["events"]) == 10
    assert backwards == [(it["id"], it["type"]) for it in reversed(whole)]


def test_it_walks_the_lineage_from_a_package_to_its_source_data_in_five_edges(
    application: Application, night: Night, aws: Callable[..., Any]
) -> None:
    explain = {"Operation": "explain", "Package": night.package_arn}
    dataset = application.invoke("QueryLineageFunction", explain)["Dataset"]
    package, source = (
        aws("sagemaker", "list-artifacts", "--source-uri", uri)["ArtifactSummaries"][0]
        for uri in (night.package_arn, dataset["ManifestUri"])
    )
    start = "--start-arns", package["ArtifactArn"]
    walked = aws("sagemaker", "query-lineage", *start, "--direction", "Ascendants")
    edges = [(it["SourceArn"], it["DestinationArn"]) for it in walked["Edges"]]
    assert source["ArtifactType"] == "DataSet"
    assert steps_upstream(edges, package["ArtifactArn"], source["ArtifactArn"]) == 5
