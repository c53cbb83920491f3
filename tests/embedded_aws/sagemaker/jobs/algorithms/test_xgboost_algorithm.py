"""The built-in XGBoost algorithm, run on small channels."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import xgboost
from pyarrow import parquet

from embedded_aws.sagemaker.jobs.algorithms import channels
from embedded_aws.sagemaker.jobs.algorithms.distributed import Fleet
from embedded_aws.sagemaker.jobs.algorithms.errors import AlgorithmError, UserError
from embedded_aws.sagemaker.jobs.algorithms.xgboost_algorithm import train

# XGBoost says that it will one day drop its text readers, and which format it saves.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::UserWarning")]

Rows = list[list[float]]


def rows(count: int, seed: int, noise: float = 0.3) -> Rows:
    """Label first; it depends on the first feature."""
    generator = random.Random(seed)  # noqa: S311  # not cryptography
    made = []
    for _ in range(count):
        feature = generator.random()
        label = feature + noise * (generator.random() - 0.5) > 0.6
        made.append([float(label), feature, generator.random()])
    return made


def as_csv(table: Rows) -> str:
    return "".join(",".join(map(str, row)) + "\n" for row in table)


class Job:
    """The folders of a training job."""

    def __init__(self, root: Path) -> None:
        self.input, self.model = root / "input", root / "model"
        (self.input / "config").mkdir(parents=True)
        self.model.mkdir()
        self.channels: dict[str, dict[str, str]] = {}

    def channel(self, name: str, files: dict[str, str], content_type: str = "text/csv") -> Path:
        folder = self.input / "data" / name
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        self.channels[name] = {"ContentType": content_type, "TrainingInputMode": "File"}
        return folder

    def train(self, **given: str | None) -> Any:
        """Train, and load what was saved."""
        usual = {"num_round": "5", "objective": "binary:logistic", "eval_metric": "auc"}
        chosen = {name: text for name, text in (usual | given).items() if text is not None}
        config = self.input / "config"
        (config / "hyperparameters.json").write_text(json.dumps(chosen))
        (config / "inputdataconfig.json").write_text(json.dumps(self.channels))
        train(self.input, self.model, Fleet(("algo-1",), "algo-1", self.input))
        booster = xgboost.Booster()
        booster.load_model(self.model / "xgboost-model")
        return booster


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """A job with a train channel of one CSV file."""
    made = Job(tmp_path)
    made.channel("train", {"part-0.csv": as_csv(rows(200, seed=1))})
    return made


def test_the_model_has_as_many_rounds_as_asked(job: Job) -> None:
    assert job.train(num_round="7").num_boosted_rounds() == 7


def test_the_label_is_the_first_column(job: Job) -> None:
    assert job.train().num_features() == 2


def test_metrics_are_printed_for_each_round_and_channel(job: Job, capfd: Any) -> None:
    job.channel("validation", {"part-0.csv": as_csv(rows(100, seed=2))})
    job.train(num_round="2")
    printed = capfd.readouterr().out.splitlines()
    for number in range(2):
        (line,) = [line for line in printed if line.startswith(f"[{number}]\t")]
        assert "\ttrain-auc:" in line
        assert "\tvalidation-auc:" in line


def test_all_files_of_a_channel_are_read_wherever_they_lie(job: Job) -> None:
    folder = job.channel(
        "many", {"a.csv": as_csv(rows(10, seed=1)), "deep/a.csv": as_csv(rows(20, seed=2))}
    )
    assert channels.matrix(folder, "csv").num_row() == 30


def test_parquet_gives_the_same_matrix_as_csv(job: Job, tmp_path: Path) -> None:
    table = rows(50, seed=3)
    columns = [list(column) for column in zip(*table, strict=True)]
    (tmp_path / "pq").mkdir()
    parquet.write_table(
        pa.table(columns, names=["label", "x", "y"]), tmp_path / "pq" / "part.parquet"
    )
    folder = job.channel("same", {"a.csv": as_csv(table)})
    ours, theirs = (
        channels.matrix(tmp_path / "pq", "parquet"),
        channels.matrix(folder, "csv"),
    )
    assert (ours.get_label() == theirs.get_label()).all()
    assert abs(ours.get_data().toarray() - theirs.get_data().toarray()).max() < 1e-6


def test_a_parquet_channel_trains(job: Job) -> None:
    columns = [list(column) for column in zip(*rows(50, seed=3), strict=True)]
    folder = job.channel("train", {}, "application/x-parquet")
    (folder / "part-0.csv").unlink()
    parquet.write_table(pa.table(columns, names=["label", "x", "y"]), folder / "part.parquet")
    assert job.train().num_features() == 2


def test_libsvm_is_what_a_channel_without_a_content_type_holds(job: Job) -> None:
    lines = [f"{int(row[0])} 0:{row[1]} 1:{row[2]}\n" for row in rows(50, seed=4)]
    folder = job.channel("train", {"part-0.csv": "".join(lines)})
    del job.channels["train"]["ContentType"]
    assert job.train().num_features() == 2
    assert channels.matrix(folder, "libsvm").num_row() == 50


def test_early_stopping_keeps_the_best_iteration_only(job: Job, capfd: Any) -> None:
    job.channel("validation", {"part-0.csv": as_csv(rows(100, seed=5, noise=2.0))})
    booster = job.train(num_round="200", early_stopping_rounds="3", max_depth="6", eta="1")
    printed = [line for line in capfd.readouterr().out.splitlines() if line.startswith("[")]
    scores = [float(line.partition("validation-auc:")[2]) for line in printed if "auc" in line]
    assert len(scores) < 200
    assert booster.num_boosted_rounds() == scores.index(max(scores)) + 1


def test_early_stopping_looks_at_the_last_metric(job: Job, capfd: Any) -> None:
    job.channel("validation", {"part-0.csv": as_csv(rows(100, seed=5, noise=2.0))})
    booster = job.train(
        num_round="200", early_stopping_rounds="3", eta="1", eval_metric="auc,logloss"
    )
    printed = [line for line in capfd.readouterr().out.splitlines() if "validation-logl" in line]
    losses = [float(line.partition("validation-logloss:")[2]) for line in printed]
    assert booster.num_boosted_rounds() == losses.index(min(losses)) + 1


@pytest.mark.parametrize("missing", ["channel", "metric"])
def test_early_stopping_without_channel_or_metric_is_passed_over_as_in_the_container(
    job: Job, missing: str
) -> None:
    given = {"num_round": "9", "early_stopping_rounds": "1"}
    if missing == "metric":
        job.channel("validation", {"part-0.csv": as_csv(rows(50, seed=6))})
        booster = job.train(**given, eval_metric=None)
    else:
        booster = job.train(**given)
    assert booster.num_boosted_rounds() == 9


def test_the_same_seed_gives_the_same_model(job: Job) -> None:
    given = {"subsample": "0.5", "seed": "3"}
    assert job.train(**given).save_raw() == job.train(**given).save_raw()


@pytest.mark.parametrize("label", ["0", "1"])
def test_a_single_class_is_an_error_of_the_algorithm(label: str, job: Job) -> None:
    """XGBoost 3.0 estimates base_score from the labels, and refuses its own estimate."""
    job.channel("train", {"part-0.csv": "".join(f"{label},1,{row}\n" for row in range(3))})
    with pytest.raises(
        AlgorithmError, match=r"XGB train call failed with exception:\n.*base_score must be in"
    ):
        job.train(num_round="1")


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"part-0.csv": ""}, "No data in training channel path"),
        ({"part-0.csv": "0,1\n", ".hidden": "x"}, "Hidden file found in the data path!"),
    ],
)
def test_data_that_the_container_refuses_is_refused_in_its_words(
    job: Job, files: dict[str, str], message: str
) -> None:
    job.channel("train", files)
    with pytest.raises(UserError, match=message):
        job.train()


def test_labels_that_do_not_fit_the_objective_are_an_error_of_the_algorithm(job: Job) -> None:
    job.channel("train", {"part-0.csv": "-1,1,2\n" + "1,1,2\n" * 9})
    with pytest.raises(
        AlgorithmError, match=r"XGB train call failed with exception:\n.*label must"
    ):
        job.train()


def test_an_empty_validation_channel_is_refused(job: Job) -> None:
    job.channel("validation", {"part-0.csv": ""})
    with pytest.raises(UserError, match="No data in validation channel path"):
        job.train()


@pytest.mark.parametrize(
    ("name", "content_type", "message"),
    [
        ("test", "text/csv", "Extraneous channel found: test"),
        ("code", "text/python", "script mode"),
        ("train", "text/plain", "text/plain is not an accepted ContentType"),
        ("train", "text/csv; label_size=2", "label_size must be equal to 1"),
        ("train", "application/x-recordio-protobuf", "does not support the content type"),
    ],
)
def test_channels_that_the_container_does_not_accept_are_refused(
    job: Job, name: str, content_type: str, message: str
) -> None:
    job.channel(name, {}, content_type)
    with pytest.raises(UserError, match=message):
        job.train()


def test_a_train_channel_is_required(job: Job) -> None:
    job.channels.clear()
    with pytest.raises(UserError, match="Missing required channel: train"):
        job.train()


def test_the_program_needs_nothing_but_xgboost_and_what_it_brings() -> None:
    """Data frames and scikit-learn would double the time that every training job starts."""
    script = (
        "import sys\n"
        "import embedded_aws.sagemaker.jobs.algorithms.xgboost_algorithm\n"
        "heavy = {'pandas', 'sklearn', 'boto3', 'botocore', 'moto', 'pyarrow'}\n"
        "print(*heavy & set(sys.modules))\n"
    )
    command = [sys.executable, "-c", script]
    found = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (found.stdout, found.stderr) == ("\n", "")
