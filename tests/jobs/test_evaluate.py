from __future__ import annotations

import io
import json
import math
import re
import shutil
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import xgboost as xgb

from jobs.auc import average_precision, estimate_auc
from jobs.channels import CSV, PARQUET, read_channel

ROUNDS = 5


def train(night: Any, content_type: str = CSV, features: int | None = None) -> xgb.Booster:
    ((table, label),) = read_channel(night.output / "train", content_type)
    matrix = xgb.DMatrix(table[:, :features], label=label)
    return xgb.train({"objective": "binary:logistic", "max_depth": 3}, matrix, ROUNDS)


def pack(night: Any, content: bytes, member: str = "xgboost-model") -> None:
    """Write model.tar.gz as a training job leaves it."""
    artifact = night.root / "model" / "model.tar.gz"
    artifact.parent.mkdir(exist_ok=True)
    with tarfile.open(artifact, "w:gz") as archive:
        entry = tarfile.TarInfo(member)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))


@pytest.fixture(scope="module")
def trained(delivered: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A featurised night with a trained model; nobody changes it."""
    root = tmp_path_factory.mktemp("trained") / "night"
    night = replace(delivered, root=shutil.copytree(delivered.root, root))
    assert night.featurise() == 0
    pack(night, train(night).save_raw("ubj"))
    return night


@pytest.fixture
def scored(trained: Any, tmp_path: Path) -> Any:
    """A featurised night with a trained model."""
    return replace(trained, root=shutil.copytree(trained.root, tmp_path / "night"))


def evaluation(night: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((night.root / "evaluation/evaluation.json").read_bytes())
    return document


def test_the_evaluation_is_of_the_models_scores_on_the_holdout(scored: Any) -> None:
    assert scored.evaluate() == 0
    ((table, label),) = read_channel(scored.output / "holdout", CSV)
    score = train(scored).predict(xgb.DMatrix(table))
    auc = estimate_auc(score, label == 1)
    assert 0.7 < auc.value < 1
    document = evaluation(scored)
    assert document["binary_classification_metrics"] == {
        "auc": {"value": auc.value, "standard_deviation": auc.standard_error},
        "average_precision": {
            "value": average_precision(score, label == 1),
            "standard_deviation": "NaN",
        },
    }
    lower, upper = auc.interval
    assert document["auc_interval"] == {
        "method": "DeLong",
        "level": 0.95,
        "lower": lower,
        "upper": upper,
    }
    assert document["counts"] == {
        "rows": len(label),
        "positives": int(label.sum()),
        "negatives": int((1 - label).sum()),
    }
    assert document["version"] == 1
    assert scored.message.startswith(f"AUC {auc.value:.4f} ± ")


def test_csv_and_parquet_holdouts_evaluate_alike(scored: Any) -> None:
    scored.evaluate()
    from_csv = evaluation(scored)
    scored.featurise(f"--content-type={PARQUET}")
    assert scored.evaluate(f"--content-type={PARQUET}") == 0
    assert evaluation(scored) == from_csv


def test_a_json_model_is_read_as_well(scored: Any) -> None:
    scored.evaluate()
    from_ubj = evaluation(scored)
    pack(scored, train(scored).save_raw("json"))
    assert scored.evaluate() == 0
    assert evaluation(scored) == from_ubj


def test_a_missing_model_is_unreadable(scored: Any) -> None:
    assert scored.evaluate("--model=nowhere") == 1
    assert scored.message.startswith("ModelUnreadable: nowhere/model.tar.gz: ")


def test_a_model_that_is_no_archive_is_unreadable(scored: Any) -> None:
    (scored.root / "model/model.tar.gz").write_bytes(b"not an archive")
    assert scored.evaluate() == 1
    assert scored.message.startswith("ModelUnreadable: ")


@pytest.mark.parametrize("length", [0, 5, 200])
def test_an_archive_cut_short_is_unreadable(scored: Any, length: int) -> None:
    artifact = scored.root / "model/model.tar.gz"
    artifact.write_bytes(artifact.read_bytes()[:length])
    assert scored.evaluate() == 1
    assert scored.message.startswith("ModelUnreadable: ")


@pytest.mark.parametrize(
    ("content", "member"),
    [(b"nothing", "xgboost-model"), (b"", "xgboost-model"), (b"a model", "model.bin")],
)
def test_an_archive_without_an_xgboost_model_is_unreadable(
    scored: Any, content: bytes, member: str
) -> None:
    pack(scored, content, member)
    assert scored.evaluate() == 1
    assert scored.message.startswith("ModelUnreadable: ")


def test_a_model_of_other_features_is_a_mismatch(scored: Any) -> None:
    pack(scored, train(scored, features=4).save_raw("ubj"))
    assert scored.evaluate() == 1
    assert scored.message.startswith("FeatureMismatch: the model knows 4 features, ")


def test_a_holdout_of_one_class_has_no_auc(scored: Any) -> None:
    holdout = scored.output / "holdout/part-0000.csv"
    rows = [line for line in holdout.read_text().splitlines() if line.startswith("0")]
    holdout.write_text("\n".join(rows) + "\n")
    assert scored.evaluate() == 1
    assert scored.message.startswith(f"SingleClassHoldout: the holdout has 0 frauds in {len(rows)}")


def test_a_missing_holdout_is_unreadable(scored: Any) -> None:
    assert scored.evaluate("--holdout=nowhere") == 1
    assert scored.message.startswith("HoldoutUnreadable: nowhere has no text/csv files")


def test_scores_that_are_not_numbers_make_no_auc(scored: Any) -> None:
    """A model whose leaves overflowed in training."""
    model = json.loads(train(scored).save_raw("json"))
    for tree in model["learner"]["gradient_booster"]["model"]["trees"]:
        tree["split_conditions"] = [math.nan] * len(tree["split_conditions"])
    pack(scored, json.dumps(model).encode())
    assert scored.evaluate() == 1
    assert re.match(r"AucNotFinite: (\d+) of \1 scores", scored.message)
    assert not (scored.root / "evaluation").exists()


def test_scores_for_several_classes_make_no_auc(scored: Any) -> None:
    ((table, label),) = read_channel(scored.output / "train", CSV)
    parameters = {"objective": "multi:softprob", "num_class": 2}
    pack(scored, xgb.train(parameters, xgb.DMatrix(table, label=label), 1).save_raw("ubj"))
    assert scored.evaluate() == 1
    assert re.match(r"AucNotFinite: .* of shape \(\d+, 2\)", scored.message)


def test_a_wrong_argument_fails_by_name(scored: Any) -> None:
    assert scored.evaluate("--content-type=text/plain") == 1
    assert scored.message.startswith("InvalidArgument: ")
