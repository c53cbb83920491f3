"""The second opinion of an evaluation: the model that serves, on the same holdout."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import xgboost as xgb

from jobs import champion
from jobs.auc import compare_aucs, estimate_auc
from jobs.champion import Champion, NotCompared, features_digest
from jobs.channels import CSV, read_channel
from jobs.features import FEATURES
from lineage import names
from lineage.schema import complaints
from tests.jobs.test_evaluate import evaluation, pack, train


@pytest.fixture(scope="module")
def trained(delivered: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A featurised night, its model, and that of three rounds less; nobody changes it."""
    root = tmp_path_factory.mktemp("trained") / "night"
    night = replace(delivered, root=shutil.copytree(delivered.root, root))
    assert night.featurise() == 0
    pack(night, train(night)[:2].save_raw("ubj"))
    shutil.copytree(night.root / "model", night.root / "champion")
    pack(night, train(night).save_raw("ubj"))
    return night


@pytest.fixture
def challenged(trained: Any, tmp_path: Path) -> Any:
    """A featurised night whose model meets that of three rounds less."""
    return replace(trained, root=shutil.copytree(trained.root, tmp_path / "night"))


def options(night: Any) -> list[str]:
    return [f"--champion={night.root / 'champion'}", f"--champion-features={features_digest()}"]


@pytest.mark.slow
def test_the_evaluation_tells_the_champions_auc_and_the_paired_difference(challenged: Any) -> None:
    assert challenged.evaluate(*options(challenged)) == 0
    ((table, label),) = read_channel(challenged.output / "holdout", CSV)
    matrix, model = xgb.DMatrix(table), train(challenged)
    own, other = model.predict(matrix), model[:2].predict(matrix)
    auc, difference = estimate_auc(other, label == 1), compare_aucs(own, other, label == 1)
    found = evaluation(challenged)
    assert complaints(found, "evaluation") == []
    told = found["champion"]
    assert told["auc"] == {"value": auc.value, "standard_deviation": auc.standard_error}
    assert difference.value != 0
    assert told["auc_difference"] == {
        "value": difference.value,
        "standard_deviation": difference.standard_error,
        "method": "DeLong",
        "level": 0.95,
        "lower": difference.interval[0],
        "upper": difference.interval[1],
    }


def test_a_champion_that_cannot_be_read_leaves_the_evaluation_as_it_is(challenged: Any) -> None:
    challenged.evaluate()
    alone = evaluation(challenged)
    (challenged.root / "champion/model.tar.gz").write_bytes(b"not an archive")
    assert challenged.evaluate(*options(challenged)) == 0
    found = evaluation(challenged)
    assert complaints(found, "evaluation") == []
    assert found.pop("champion")["not_compared"].startswith("ModelUnreadable: ")
    assert found == alone


@pytest.mark.slow
def test_a_champion_of_other_features_is_not_compared(challenged: Any) -> None:
    other = names.sha256(names.canonical_json(["age"]))
    with pytest.raises(NotCompared, match="FeatureMismatch"):
        Champion(challenged.root / "champion", other).score(challenged.output / "holdout", CSV)


def test_the_features_are_known_by_the_digest_of_what_lineage_keeps_of_them() -> None:
    assert features_digest() == names.sha256(names.canonical_json(FEATURES))


CRASHING = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
HANGING = "import time; time.sleep(60)"


@pytest.mark.parametrize(
    ("code", "reason"),
    [(CRASHING, "ChampionCrashed: exit code -11"), (HANGING, "ChampionOverran")],
    ids=["killed", "held"],
)
def test_a_model_that_kills_or_holds_its_process_is_no_more_than_not_compared(
    challenged: Any, monkeypatch: pytest.MonkeyPatch, code: str, reason: str
) -> None:
    """As a damaged one may do with XGBoost; which bytes do it differs between its versions."""
    run = subprocess.run

    def instead(command: list[str], **settings: Any) -> subprocess.CompletedProcess[str]:
        return run([command[0], "-c", code], **settings)

    monkeypatch.setattr(subprocess, "run", instead)
    monkeypatch.setattr(champion, "LONGEST_SECONDS", 0.3 if code == HANGING else 60)
    assert challenged.evaluate(*options(challenged)) == 0
    assert evaluation(challenged)["champion"]["not_compared"].startswith(reason)


def test_a_champion_without_its_features_is_a_wrong_argument(challenged: Any) -> None:
    assert challenged.evaluate(f"--champion={challenged.root}") == 1
    assert challenged.message.startswith("InvalidArgument: ")


def test_without_a_champion_nothing_is_told_of_one(challenged: Any) -> None:
    assert challenged.evaluate() == 0
    assert "champion" not in json.dumps(evaluation(challenged))
